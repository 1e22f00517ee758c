import { type Clock, errnoOf, type Logger } from '@ccproxy/kernel';
import { createAttemptLimiter } from './attempt-limiter.js';
import { createBindingTable } from './binding-table.js';
import { claimSocket, type SocketClaim } from './claim-socket.js';
import { errors } from './errors.js';
import { defaultIpcLimits, type IpcLimits } from './ipc-limits.js';
import type { IpcBinding } from './ipc-method.js';
import { IpcSession, type SessionContext } from './ipc-session.js';
import type { IpcTransport, TransportConnection, TransportListener } from './ipc-transport.js';

export interface ServeIpcOptions {
  readonly transport: IpcTransport;
  /** Socket file or Windows pipe name. The file's directory is made private; the daemon's lock is held by the caller. */
  readonly path: string;
  /** The content of `run/token`. */
  readonly token: string;
  readonly bindings: readonly IpcBinding[];
  /** Version of the program that serves. */
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly pid?: number;
  readonly limits?: Partial<IpcLimits>;
  /** Takes the path from a daemon that still listens: its connections stay, new ones come here. */
  readonly takeOver?: boolean;
}

/** A client that said a good hello. Times in ms since the epoch. */
export interface IpcConnectionInfo {
  readonly connectionId: string;
  readonly client: string;
  readonly pid: number;
  readonly version: string;
  readonly since: number;
}

export interface IpcServer {
  readonly path: string;
  connections(): readonly IpcConnectionInfo[];
  /** Closes every connection, stops listening and removes the socket; resolves when done. */
  close(): Promise<void>;
}

/**
 * Serves the control channel until `close`. Raises `CCP_IPC_METHOD_DUPLICATE`, `CCP_SOCKET_IN_USE` when a daemon already
 * listens there, `CCP_SOCKET_PATH` when the path cannot be used, and what `ensurePrivateDir` raises.
 * The rules towards clients are the list of security-and-faults.md §1.5.
 */
export async function serveIpc(options: ServeIpcOptions): Promise<IpcServer> {
  const { transport, path, token, version, logger, clock } = options;
  if (token === '') throw new TypeError('serveIpc needs a token: an empty one would let everybody in');
  const limits = { ...defaultIpcLimits, ...options.limits };
  const context: SessionContext = {
    admission: { token, version, limiter: createAttemptLimiter(clock, limits.wrongTokensPerSecond) },
    table: createBindingTable(options.bindings),
    limits,
    pid: options.pid ?? process.pid,
    logger,
    clock,
  };
  const sessions = new Set<IpcSession>();
  let count = 0;
  const claim = await claimSocket(path, { takeOver: options.takeOver ?? false });
  const listener = await listen(transport, path, claim, (connection) => {
    count += 1;
    sessions.add(new IpcSession(`c${count}`, connection, context, (session) => sessions.delete(session)));
  });
  return {
    path,
    connections: () =>
      [...sessions].flatMap(({ peer }) => {
        if (peer === undefined) return [];
        const { connectionId, client, pid, version, since } = peer;
        return [{ connectionId, client, pid, version, since }];
      }),
    close: async () => {
      await claim.release();
      for (const session of sessions) session.close();
      await listener.close();
    },
  };
}

async function listen(
  transport: IpcTransport,
  path: string,
  claim: SocketClaim,
  onConnection: (connection: TransportConnection) => void,
): Promise<TransportListener> {
  let listener: TransportListener | undefined;
  try {
    listener = await transport.listen(claim.bindPath, onConnection);
    await claim.publish();
    return listener;
  } catch (error) {
    await listener?.close();
    const code = errnoOf(error) ?? String(error);
    const options = { where: { file: path }, cause: error };
    throw code === 'EADDRINUSE'
      ? errors.CCP_SOCKET_IN_USE({ message: `A daemon already listens on ${path}.`, ...options })
      : errors.CCP_SOCKET_PATH({ message: `Cannot listen on ${path}: ${code}.`, ...options });
  }
}
