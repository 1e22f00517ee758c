import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { asCcproxyError } from './as-ccproxy-error.js';
import { errnoHint } from './errno-error.js';

export interface WriteFileAtomicOptions {
  /** Mode of the file whatever the umask; 0600. */
  readonly mode?: number;
  /** Survive power loss: fsync the file and its directory. */
  readonly durable?: boolean;
}

/**
 * Writes a whole file so that a reader, or a start after kill -9, sees the old content or the new, never a part: a temporary file in the
 * same directory, then a rename. Nothing is left behind on failure.
 * @throws CCP_DISK_FULL, CCP_PERMISSION_DENIED, CCP_READ_ONLY, CCP_TOO_MANY_FILES, CCP_PATH_MISSING
 */
export async function writeFileAtomic(file: string, data: string | Uint8Array, options: WriteFileAtomicOptions = {}): Promise<void> {
  const { mode = 0o600, durable = false } = options;
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(temporary, data, mode, durable);
    await rename(temporary, file);
    if (durable) await syncDirectory(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw errnoHint(error, { action: 'write', file }) ?? asCcproxyError(error);
  }
}

async function writeNew(file: string, data: string | Uint8Array, mode: number, durable: boolean): Promise<void> {
  await withFile(await open(file, 'wx', mode), async (handle) => {
    await handle.chmod(mode);
    await handle.writeFile(data);
    if (durable) await handle.sync();
  });
}

async function syncDirectory(dir: string): Promise<void> {
  // Windows cannot open a directory; its rename is journalled by the file system.
  if (process.platform === 'win32') return;
  await withFile(await open(dir, 'r'), (handle) => handle.sync());
}

async function withFile(handle: FileHandle, action: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await action(handle);
  } finally {
    await handle.close();
  }
}
