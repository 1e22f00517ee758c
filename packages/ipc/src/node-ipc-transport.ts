import { once } from 'node:events';
import type { Socket } from 'node:net';
import { dirname, sep } from 'node:path';
import { errnoOf } from '@ccproxy/kernel';
import { GuardedParser, IPCModule, type NodeIpcServer } from 'node-ipc';
import type { Frame } from './envelope.js';
import { errors } from './errors.js';
import { FrameDecoder, frameTooLarge, type FrameViolation } from './frame-codec.js';
import { defaultTransportLimits, type IpcTransport, type TransportLimits } from './ipc-transport.js';
import { isPipe, nodeIpcServerPath } from './socket-path.js';
import { SocketConnection } from './socket-connection.js';

/**
 * node-ipc's guarded parser with two changes. It reads in linear time: the original searches the whole unfinished
 * frame again with every chunk (measured: security-and-faults.md §1.3). And every incoming frame is handed over as one
 * event, so that a name chosen by the peer never selects a listener, and a broken frame can be answered before the close.
 */
class FrameParser extends GuardedParser {
  override read(state: unknown, text: string, receive: (message: { type: string; data: unknown }) => void): unknown {
    const decoder = state instanceof FrameDecoder ? state : new FrameDecoder(this.maxMessageSize);
    const violation = decoder.push(text, (frame) => receive({ type: 'frame', data: frame }));
    if (violation === undefined) return decoder.partial ? decoder : '';
    receive({ type: 'violation', data: violation });
    return decoder;
  }
}

/** Every option that is not a default is required: feasibility.md §2 says what happens without it. */
function newInstance(path: string, limits: TransportLimits): IPCModule {
  const ipc = new IPCModule();
  Object.assign(ipc.config, {
    appspace: '',
    ...(isPipe(path) ? {} : { socketRoot: dirname(path) + sep }),
    silent: true,
    logPayloads: false,
    unlink: false,
    parser: FrameParser,
    maxMessageSize: limits.frameBytes,
    maxPendingBytes: limits.pendingBytes,
    messageTimeout: limits.halfFrameMs,
    maxConnections: limits.maxConnections,
    maxRetries: 0,
    stopRetrying: true,
  });
  return ipc;
}

/** Frames over node-ipc 14.0.0: the transport of the daemon. */
export function createNodeIpcTransport(options: { readonly limits?: Partial<TransportLimits> } = {}): IpcTransport {
  const limits = { ...defaultTransportLimits, ...options.limits };
  return {
    listen: async (path, onConnection) => {
      const ipc = newInstance(path, limits);
      const open = new Map<Socket, SocketConnection>();
      const { server, started } = startServer(ipc, path);
      server.on('connect', (value) => {
        const socket = value as Socket;
        const write = sender(socket, (frame) => server.emit(socket, frame.type, frame.data), limits);
        const connection = new SocketConnection(socket, write, limits.closeGraceMs);
        open.set(socket, connection);
        socket.once('close', () => open.delete(socket));
        onConnection(connection);
      });
      server.on('frame', (frame, socket) => open.get(socket)?.receive(frame as Frame));
      server.on('violation', (violation, socket) => open.get(socket)?.violate(violation as FrameViolation));
      server.start();
      await started;
      return { close: () => stopServer(server, open) };
    },
    connect: (path, timeoutMs) => connectClient(newInstance(path, limits), path, timeoutMs, limits),
  };
}

function startServer(ipc: IPCModule, path: string): { server: NodeIpcServer; started: Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  ipc.serve(nodeIpcServerPath(path), resolve);
  // Errors of single connections come here too; after the start they change nothing.
  ipc.server.on('error', reject);
  return { server: ipc.server, started: promise };
}

/** node-ipc's own `stop` cuts connections with bytes pending, so it comes last. */
async function stopServer(server: NodeIpcServer, open: ReadonlyMap<Socket, SocketConnection>): Promise<void> {
  const closed = server.server === false ? undefined : once(server.server, 'close');
  if (server.server !== false) server.server.close();
  for (const connection of open.values()) connection.close();
  await Promise.all([closed, ...[...open.values()].map((connection) => connection.ended)]);
  server.stop();
}

function connectClient(ipc: IPCModule, path: string, timeoutMs: number, limits: TransportLimits): Promise<SocketConnection> {
  const id = 'daemon';
  const { promise, resolve, reject } = Promise.withResolvers<SocketConnection>();
  ipc.connectTo(id, path, () => {});
  const client = ipc.of[id];
  if (client === undefined) throw new TypeError('node-ipc made no client');
  const connection = new SocketConnection(
    client.socket,
    sender(client.socket, (frame) => client.emit(frame.type, frame.data), limits),
    limits.closeGraceMs,
  );
  const timer = setTimeout(() => {
    reject(errors.CCP_IPC_TIMEOUT({ message: `No connection to ${path} within ${timeoutMs} ms.`, where: { file: path } }));
    ipc.disconnect(id);
  }, timeoutMs);
  client.on('connect', () => resolve(connection));
  client.on('error', reject);
  client.on('frame', (frame) => connection.receive(frame as Frame));
  client.on('violation', (violation) => connection.violate(violation as FrameViolation));
  return promise.finally(() => clearTimeout(timer));
}

/** node-ipc destroys a socket with too much pending, and throws for a frame over the limit. */
function sender(socket: Socket, emit: (frame: Frame) => boolean, limits: TransportLimits): (frame: Frame) => boolean {
  return (frame) => {
    try {
      emit(frame);
      return !socket.destroyed;
    } catch (error) {
      if (errnoOf(error) === 'ERR_IPC_FRAME_TOO_LARGE') {
        throw frameTooLarge(frame.type, Buffer.byteLength(JSON.stringify(frame)), limits.frameBytes);
      }
      throw error;
    }
  };
}
