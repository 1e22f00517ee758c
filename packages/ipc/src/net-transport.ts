import { createConnection, createServer, type Socket } from 'node:net';
import { systemClock } from '@ccproxy/kernel/clock';
import type { Clock, Timer } from '@ccproxy/kernel';
import type { Frame } from './envelope.js';
import { errors } from './errors.js';
import { encodeFrame, FRAME_END, FrameDecoder } from './frame-codec.js';
import { defaultTransportLimits, type IpcTransport, type TransportLimits } from './ipc-transport.js';
import { SocketConnection } from './socket-connection.js';

/**
 * Frames over `node:net`, without any dependency: the transport of every client. It costs 4-5 ms over a bare
 * Node start where node-ipc costs 20-22 (measured: feasibility.md §2).
 */
export function createNetTransport(options: { readonly limits?: Partial<TransportLimits>; readonly clock?: Clock } = {}): IpcTransport {
  const limits = { ...defaultTransportLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  return {
    listen: (path, onConnection) =>
      new Promise((resolve, reject) => {
        const open = new Set<SocketConnection>();
        const server = createServer((socket) => {
          const connection = frameSocket(socket, limits, clock);
          open.add(connection);
          socket.once('close', () => open.delete(connection));
          onConnection(connection);
        });
        server.maxConnections = limits.maxConnections;
        server.once('error', reject);
        server.listen({ path }, () => {
          server.off('error', reject);
          // What can still fail is a single `accept`; the listener itself goes on.
          server.on('error', () => {});
          resolve({
            close: async () => {
              const closed = new Promise<void>((done) => server.close(() => done()));
              for (const connection of open) connection.close();
              await Promise.all([closed, ...[...open].map((connection) => connection.ended)]);
            },
          });
        });
      }),
    connect: (path, timeoutMs) =>
      new Promise((resolve, reject) => {
        const socket = createConnection({ path });
        const timer = clock.setTimeout(() => {
          socket.destroy(errors.CCP_IPC_TIMEOUT({ message: `No connection to ${path} within ${timeoutMs} ms.`, where: { file: path } }));
        }, timeoutMs);
        socket.once('error', (error) => {
          timer.clear();
          reject(error);
        });
        socket.once('connect', () => {
          timer.clear();
          socket.off('error', reject);
          resolve(frameSocket(socket, limits, clock));
        });
      }),
  };
}

function frameSocket(socket: Socket, limits: TransportLimits, clock: Clock): SocketConnection {
  const decoder = new FrameDecoder(limits.frameBytes);
  const connection = new SocketConnection(socket, writer(socket, limits), limits.closeGraceMs);
  let halfFrame: Timer | undefined;
  const disarm = (): void => {
    halfFrame?.clear();
    halfFrame = undefined;
  };
  socket.setEncoding('utf8');
  socket.once('close', disarm);
  socket.on('data', (text: string) => {
    const violation = decoder.push(text, (frame) => {
      disarm();
      connection.receive(frame);
    });
    if (violation !== undefined) connection.violate(violation);
    if (!decoder.partial) disarm();
    else halfFrame ??= clock.setTimeout(() => connection.violate('incomplete'), limits.halfFrameMs, { unref: true });
  });
  return connection;
}

function writer(socket: Socket, limits: TransportLimits): (frame: Frame) => boolean {
  return (frame) => {
    const text = encodeFrame(frame, limits.frameBytes) + FRAME_END;
    if (socket.writableLength + Buffer.byteLength(text) > limits.pendingBytes) {
      socket.destroy();
      return false;
    }
    socket.write(text);
    return true;
  };
}
