import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';

/** Largest file a `${file:…}` may name; credentials are far smaller. */
const largest = 65_536;

/**
 * Content of a file named by `${file:…}`, without surrounding white space, or a sentence why it cannot be had. Never waits on a pipe.
 */
export async function readSecretFile(file: string): Promise<{ readonly content: string } | { readonly reason: string }> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { reason: `${file} is not a regular file` };
      if (stats.size > largest) return { reason: `${file} is larger than ${largest / 1024} KiB` };
      const buffer = Buffer.alloc(largest);
      const { bytesRead } = await handle.read(buffer, 0, largest, 0);
      return { content: buffer.toString('utf8', 0, bytesRead).trim() };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { reason: `${file} cannot be read (${errnoOf(error) ?? 'unknown reason'})` };
  }
}
