import { lstat, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errors } from './errors.js';

/** A Unix socket bound under a private name and shown under its public one. */
export interface PublishedSocket {
  /** Where the server binds. */
  readonly boundPath: string;
  /** Shows the bound socket at the public path, replacing a dead or older one in one atomic step. */
  publish(): Promise<void>;
  /** Removes the public path if it still is the socket bound here. */
  retract(): Promise<void>;
}

/**
 * Prepares the public path of a socket. Binding under a private name and renaming lets a successor take the path over while
 * its predecessor still serves, and keeps the predecessor's close (libuv unlinks the name it bound) from removing the successor's socket.
 * On Windows a named pipe has no file: the public path is bound directly.
 * @throws CCP_SOCKET_OCCUPIED when the public path holds anything but a socket of this user.
 */
export async function prepareSocket(publicPath: string, options: { readonly prefix: string; readonly pid: number; readonly platform: NodeJS.Platform }): Promise<PublishedSocket> {
  if (options.platform === 'win32') return { boundPath: publicPath, publish: async () => {}, retract: async () => {} };
  await refuseForeign(publicPath);
  const boundPath = join(dirname(publicPath), `${options.prefix}${options.pid}`);
  await unlinkIfThere(boundPath);
  let inode: bigint | undefined;
  return {
    boundPath,
    async publish() {
      inode = (await lstat(boundPath, { bigint: true })).ino;
      await rename(boundPath, publicPath);
    },
    async retract() {
      const current = await statIfThere(publicPath);
      if (inode !== undefined && current?.ino === inode) await unlinkIfThere(publicPath);
    },
  };
}

async function refuseForeign(path: string): Promise<void> {
  const found = await statIfThere(path);
  if (found === undefined) return;
  const uid = process.getuid?.();
  if (found.isSocket() && (uid === undefined || found.uid === BigInt(uid))) return;
  const what = found.isSymbolicLink() ? 'a symbolic link' : found.isSocket() ? `a socket of user ${found.uid}` : 'not a socket';
  throw errors.CCP_SOCKET_OCCUPIED({ message: `${path} is ${what}; the daemon does not replace it`, where: { file: path } });
}

async function statIfThere(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
