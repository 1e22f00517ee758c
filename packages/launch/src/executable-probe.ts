import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';

/** What a search for a program asks the file system. */
export interface ExecutableProbe {
  /** `file` may be started, `blocked` exists but may not (or is a directory), `missing` is not there. */
  kind(file: string): Promise<'file' | 'blocked' | 'missing'>;
  /** The path with every link followed; the path itself when it cannot be. */
  realpath(file: string): Promise<string>;
  /** The first bytes as text, to recognise scripts. */
  head(file: string): Promise<string>;
}

const headBytes = 4096;

/** The file system of the machine. */
export const systemProbe: ExecutableProbe = {
  async kind(file) {
    try {
      const stats = await stat(file);
      if (!stats.isFile()) return 'blocked';
      await access(file, constants.X_OK);
      return 'file';
    } catch (error) {
      const code = errnoOf(error);
      return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' ? 'missing' : 'blocked';
    }
  },
  async realpath(file) {
    try {
      return await realpath(file);
    } catch {
      // Only compared with other paths; a path that cannot be followed equals none of them.
      return file;
    }
  },
  async head(file) {
    try {
      const handle = await open(file, 'r');
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
        return buffer.toString('latin1', 0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch {
      // A program that may be run but not read is no script of ours.
      return '';
    }
  },
};
