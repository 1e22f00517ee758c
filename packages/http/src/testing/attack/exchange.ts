import { connect, type Socket } from 'node:net';

/** Bytes to send, or bytes to send after a pause. */
export type Chunk = Buffer | string;

export interface ExchangeOptions {
  /** ms; 4000 when absent */
  readonly timeout?: number;
  /** Send FIN after the last chunk. */
  readonly end?: boolean;
  /** Leave as soon as this many bytes have come. */
  readonly stopAt?: number;
}

/** What came back on one connection. */
export interface Exchange {
  readonly ended: 'complete' | 'timeout' | 'closed' | 'reset' | 'stopped' | 'failed';
  /** ms */
  readonly took: number;
  /** Status of every answer, in order. */
  readonly statuses: readonly number[];
  /** Status of the first answer, 0 when there was none. */
  readonly status: number;
  readonly text: string;
  /** Bytes written to the socket. */
  readonly sent: number;
}

const keptBytes = 4_000_000;
/** A complete answer is followed by this pause, so that a second one on the same connection is seen, ms. */
const afterglow = 60;

function isComplete(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0 || text.length > 300_000) return false;
  if (/^HTTP\/1\.1 10[01]/.test(text)) return text.startsWith('HTTP/1.1 101');
  const head = text.slice(0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return text.length >= headEnd + 4 + Number(length);
  return /transfer-encoding: chunked/i.test(head) && text.endsWith('0\r\n\r\n');
}

const statusesOf = (text: string): number[] =>
  [...text.matchAll(/(?:^|\r\n|[^\r\n])?HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]));

async function sendAll(socket: Socket, chunks: readonly Chunk[], onSent: (bytes: number) => void): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    onSent(chunk.length);
    if (socket.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
  }
}

/** Sends raw bytes on a fresh connection and reports what came back. Never rejects. */
export function exchange(port: number, host: string, chunks: readonly Chunk[], options: ExchangeOptions = {}): Promise<Exchange> {
  const { timeout = 4_000, end = false, stopAt = Infinity } = options;
  return new Promise((resolve) => {
    const started = performance.now();
    const received: Buffer[] = [];
    let length = 0;
    let sent = 0;
    const socket = connect(port, host).setNoDelay(true);
    const text = (): string => Buffer.concat(received).toString('latin1');
    const finish = (ended: Exchange['ended']): void => {
      clearTimeout(timer);
      socket.destroy();
      const all = text();
      const statuses = statusesOf(all);
      resolve({ ended, took: performance.now() - started, statuses, status: statuses[0] ?? 0, text: all, sent });
    };
    const timer = setTimeout(finish, timeout, 'timeout');
    socket.on('data', (data) => {
      if (length < keptBytes) received.push(data);
      length += data.length;
      if (length >= stopAt) finish('stopped');
      else if (stopAt === Infinity && isComplete(text())) setTimeout(finish, afterglow, 'complete');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'failed'),
    );
    socket.on('close', () => finish('closed'));
    socket.on('connect', () => {
      void sendAll(socket, chunks, (bytes) => {
        sent += bytes;
      }).then(() => (end ? void socket.end() : undefined));
    });
  });
}
