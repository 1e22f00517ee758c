import type { Clock } from '@ccproxy/kernel';
import { systemClock } from '@ccproxy/kernel/clock';
import { CcproxyError } from '@ccproxy/kernel/errors-core';
import { type Frame, IPC_PROTOCOL, type Welcome } from './envelope.js';
import { errors } from './errors.js';
import { createIpcConnection, type IpcConnection } from './ipc-connection.js';
import type { IpcTransport, TransportConnection } from './ipc-transport.js';
import { createNetTransport } from './net-transport.js';
import { fromWireError } from './wire-error.js';

export interface ConnectIpcOptions {
  /** Socket file or Windows pipe name. */
  readonly path: string;
  /** The content of `run/token`. */
  readonly token: string;
  /** Name of this program, for the daemon's `status` and log. */
  readonly client: string;
  readonly pid: number;
  /** Version of this program. */
  readonly version: string;
  /** `node:net` when absent. */
  readonly transport?: IpcTransport;
  readonly clock?: Clock;
  /** For connecting and the handshake together, ms; 5000 when absent. */
  readonly timeoutMs?: number;
}

/**
 * An accepted connection to a daemon. Raises `CCP_IPC_UNREACHABLE` (details.errno: ENOENT, ECONNREFUSED, …),
 * `CCP_IPC_TIMEOUT`, `CCP_IPC_CLOSED`, or what the daemon refuses with: `CCP_IPC_PROTOCOL`, `CCP_IPC_UNAUTHORIZED`,
 * `CCP_IPC_THROTTLED`.
 */
export async function connectIpc(options: ConnectIpcOptions): Promise<IpcConnection> {
  const { path, timeoutMs = 5000, clock = systemClock } = options;
  const transport = options.transport ?? createNetTransport({ clock });
  const started = clock.monotonic();
  const connection = await dial(transport, path, timeoutMs);
  const welcome = await shakeHands(connection, options, clock, timeoutMs - (clock.monotonic() - started));
  return createIpcConnection(connection, welcome, clock);
}

async function dial(transport: IpcTransport, path: string, timeoutMs: number): Promise<TransportConnection> {
  try {
    return await transport.connect(path, timeoutMs);
  } catch (error) {
    if (CcproxyError.isInstance(error)) throw error;
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw errors.CCP_IPC_UNREACHABLE({
      message: `Nothing answers on ${path} (${errno}).`,
      where: { file: path },
      details: { errno },
      cause: error,
    });
  }
}

function shakeHands(connection: TransportConnection, options: ConnectIpcOptions, clock: Clock, timeoutMs: number): Promise<Welcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Welcome>();
  const { path, token, client, pid, version } = options;
  const timer = clock.setTimeout(
    () => reject(errors.CCP_IPC_TIMEOUT({ message: `The daemon on ${path} did not answer the hello in time.` })),
    Math.max(0, timeoutMs),
  );
  connection.handle({
    onFrame: (frame) => {
      const answer = readAnswer(frame);
      if (CcproxyError.isInstance(answer)) reject(answer);
      else resolve(answer);
    },
    onViolation: () => reject(errors.CCP_IPC_BAD_FRAME({ message: `What answers on ${path} does not speak the protocol of ccproxy.` })),
    onClose: () => reject(errors.CCP_IPC_CLOSED({ message: `The daemon on ${path} closed the connection before it answered the hello.` })),
  });
  connection.send({ type: 'hello', data: { protocol: IPC_PROTOCOL, token, client, pid, version } });
  return promise
    .catch((error: unknown) => {
      connection.close();
      throw error;
    })
    .finally(() => timer.clear());
}

function readAnswer(frame: Frame): Welcome | CcproxyError {
  const data = (frame.data ?? {}) as Partial<Welcome> & { readonly error?: unknown };
  if (frame.type === 'welcome' && typeof data.pid === 'number' && typeof data.version === 'string') {
    return {
      protocol: data.protocol ?? IPC_PROTOCOL,
      version: data.version,
      pid: data.pid,
      connectionId: data.connectionId ?? '',
    };
  }
  const refusal = frame.type === 'refused' ? fromWireError(data.error) : undefined;
  return refusal ?? errors.CCP_IPC_BAD_FRAME({ message: `The daemon answered the hello with ${JSON.stringify(frame.type)}.` });
}
