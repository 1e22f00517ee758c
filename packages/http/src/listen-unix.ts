import type { Server } from 'node:net';
import { claimSocket } from '@ccproxy/ipc/claim-socket';
import { errors } from './errors.js';
import { listenOn } from './listen-on.js';

/** Removes the socket file, unless a successor has put its own there. */
export type ReleaseSocket = () => Promise<void>;

/**
 * Listens on a Unix socket of mode 0600, in place of a dead or draining predecessor's; named pipes are listened on as they are.
 * The caller holds the lock of the state directory.
 * Rejects with CCP_SOCKET_PATH, what `ensurePrivateDir` raises for its directory, or CCP_LISTEN_FAILED.
 */
export async function listenUnix(server: Server, path: string): Promise<ReleaseSocket> {
  const claim = await claimSocket(path, { takeOver: true });
  try {
    await listenOn(server, { path: claim.bindPath });
    await claim.publish();
  } catch (error) {
    server.close();
    const reason = error instanceof Error ? error.message : 'unknown failure';
    throw errors.CCP_LISTEN_FAILED({ message: `Cannot listen on ${path}: ${reason}.`, where: { file: path }, cause: error });
  }
  return () => claim.release();
}
