import { createConnection } from 'node:net';
import type { Frame } from '../envelope.js';

/** A client that writes what it likes and keeps what it gets. */
export interface RawClient {
  readonly frames: readonly Frame[];
  readonly closed: boolean;
  write(bytes: string | Uint8Array): void;
  send(type: string, data: unknown): void;
  pause(): void;
  destroy(): void;
  /** Resolves when `condition` holds; rejects when it does not within 15 s. */
  until(condition: (client: RawClient) => boolean): Promise<void>;
}

export function dialRaw(path: string): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const frames: Frame[] = [];
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\f');
      rest = parts.pop() ?? '';
      frames.push(...parts.map((part) => JSON.parse(part) as Frame));
    });
    socket.on('error', reject);
    const client: RawClient = {
      frames,
      get closed() {
        return socket.closed;
      },
      write: (bytes) => void socket.write(bytes),
      send: (type, data) => void socket.write(`${JSON.stringify({ type, data })}\f`),
      pause: () => void socket.pause(),
      destroy: () => void socket.destroy(),
      until: async (condition) => {
        for (const end = Date.now() + 15_000; !condition(client);) {
          if (Date.now() > end) throw new Error(`the condition did not come true; frames: ${JSON.stringify(frames).slice(0, 500)}`);
          await new Promise((wake) => setTimeout(wake, 2));
        }
      },
    };
    socket.once('connect', () => resolve(client));
  });
}
