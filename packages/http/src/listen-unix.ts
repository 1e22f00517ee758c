import { chmod, lstat, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { errors } from './errors.js';
import { listenOn } from './listen-on.js';

/** Longer paths are cut silently by the system (measured: facts/security-and-faults.md §1.4). */
const longestPath = 103;

/** Removes the socket file, unless a successor has put its own there. */
export type ReleaseSocket = () => Promise<void>;

const lstatOr = async (path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> =>
  lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

async function assertUsable(path: string, temporary: string): Promise<void> {
  const length = Math.max(Buffer.byteLength(path), Buffer.byteLength(temporary));
  if (length > longestPath) {
    throw errors.CCP_SOCKET_PATH_UNUSABLE({ message: `The socket path ${path} has ${length} bytes, the system takes ${longestPath}.` });
  }
  const present = await lstatOr(path);
  if (present !== undefined && !present.isSocket()) {
    throw errors.CCP_SOCKET_PATH_UNUSABLE({ message: `${path} exists and is not a socket.`, where: { file: path } });
  }
}

/**
 * Listens on a Unix socket of mode 0600. It is made under another name and moved into place, so that it is never visible with
 * wider rights, replaces a dead predecessor's at once, and outlives the close of a predecessor that is being replaced
 * (libuv removes the name a server was bound to). Named pipes are listened on as they are.
 * Rejects with CCP_SOCKET_PATH_UNUSABLE or CCP_LISTEN_FAILED.
 */
export async function listenUnix(server: Server, path: string): Promise<ReleaseSocket> {
  if (path.startsWith('\\\\.\\pipe\\')) {
    await listenOn(server, { path });
    return async () => {};
  }
  const temporary = join(dirname(path), `.${process.pid.toString(36)}.sock`);
  await assertUsable(path, temporary);
  try {
    await rm(temporary, { force: true });
    await listenOn(server, { path: temporary });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    server.close();
    const reason = error instanceof Error ? error.message : 'unknown failure';
    throw errors.CCP_LISTEN_FAILED({ message: `Cannot listen on ${path}: ${reason}.`, where: { file: path }, cause: error });
  }
  const own = await lstat(path);
  return async () => {
    const present = await lstatOr(path);
    if (present?.ino === own.ino && present.dev === own.dev) await rm(path, { force: true });
  };
}
