import { readFile } from 'node:fs/promises';
import { errnoOf, writeFileAtomic } from '@ccproxy/kernel';

/** The port of `run/port`, or undefined when there is none that can be used. */
export async function rememberedPort(file: string): Promise<number | undefined> {
  try {
    const port = Number((await readFile(file, 'utf8')).trim());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Remembers the port for the next start. */
export async function rememberPort(file: string, port: number): Promise<void> {
  await writeFileAtomic(file, `${port}\n`);
}
