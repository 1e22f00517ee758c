import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { asCcproxyError, errnoOf } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { readTail } from './log-tail.js';
import { rotatedNames } from './rotating-file.js';

/**
 * The last `count` lines of a log, oldest first, reading from its end and going back into rotated files while there are too few.
 * @throws CCP_LOG_UNREADABLE when there is no such log or it cannot be read
 */
export async function readLastLines(file: string, count: number): Promise<string[]> {
  try {
    const dir = path.dirname(file);
    const older = rotatedNames(file, await readdir(dir)).map(({ name }) => path.join(dir, name));
    let lines: string[] = [];
    let found = false;
    for (const candidate of [file, ...older.toReversed()]) {
      if (found && lines.length >= count) break;
      const part = await linesOf(candidate, count - lines.length);
      found ||= part !== undefined;
      lines = [...(part ?? []), ...lines];
    }
    if (!found) throw errors.CCP_LOG_UNREADABLE({ message: 'there is no such file', where: { file } });
    return lines;
  } catch (cause) {
    throw errors.CCP_LOG_UNREADABLE({
      message: `the log ${file} cannot be read: ${asCcproxyError(cause).message}`,
      where: { file },
      cause,
    });
  }
}

/** undefined when the file is not there: it may have been rotated away a moment ago. */
async function linesOf(file: string, count: number): Promise<string[] | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await readTail(handle, count)).lines;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
