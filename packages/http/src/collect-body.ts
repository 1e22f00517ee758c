import type { IncomingMessage } from 'node:http';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import { errors } from './errors.js';
import type { HttpLimits } from './http-limits.js';

export interface CollectOptions {
  /** bytes */
  readonly limit: number;
  readonly clock: Clock;
  readonly limits: Pick<HttpLimits, 'uploadGrace' | 'uploadRate'>;
}

const empty = Buffer.alloc(0);
/** A client may announce a large body and never send it: memory grows with what came, not with what was announced. */
const firstAllocation = 4 * 1024 * 1024;

/** Collects chunks: one chunk is returned as it is, several are copied once into memory sized by the announced length. */
class BodyBuffer {
  #buffer: Buffer = empty;
  size = 0;
  readonly #announced: number;

  constructor(announced: number) {
    this.#announced = announced;
  }

  push(chunk: Buffer): void {
    const end = this.size + chunk.length;
    if (this.size === 0) {
      this.#buffer = chunk;
    } else {
      if (end > this.#buffer.length || this.#buffer.length === this.size) this.#grow(end);
      chunk.copy(this.#buffer, this.size);
    }
    this.size = end;
  }

  take(): Buffer {
    return this.#buffer.length === this.size ? this.#buffer : this.#buffer.subarray(0, this.size);
  }

  #grow(needed: number): void {
    const wanted = Math.max(needed, Math.min(this.#announced, Math.max(firstAllocation, 2 * this.#buffer.length)));
    const larger = Buffer.allocUnsafeSlow(wanted);
    this.#buffer.copy(larger, 0, 0, this.size);
    this.#buffer = larger;
  }
}

/**
 * Reads a request body once, as bytes. Calls `done` exactly once: with the bytes, or with CCP_HTTP_BODY_TOO_LARGE as soon as
 * the limit is passed, CCP_HTTP_TOO_SLOW when the body drips in below `uploadRate`, CCP_HTTP_BAD_REQUEST when the client goes away.
 */
export function collectBody(
  request: IncomingMessage,
  { limit, clock, limits }: CollectOptions,
  done: (error: CcproxyError | null, body?: Buffer) => void,
): void {
  const body = new BodyBuffer(Number(request.headers['content-length'] ?? 0));
  const started = clock.monotonic();
  let timer = clock.setTimeout(checkPace, limits.uploadGrace, { unref: true });

  function stop(error: CcproxyError | null): void {
    timer.clear();
    request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    if (error === null) done(null, body.take());
    else done(error);
  }
  function checkPace(): void {
    const granted = limits.uploadGrace + (body.size / limits.uploadRate) * 1000;
    const left = granted - (clock.monotonic() - started);
    if (left <= 0) stop(errors.CCP_HTTP_TOO_SLOW({ message: 'The body of the request arrives too slowly.' }));
    else timer = clock.setTimeout(checkPace, left, { unref: true });
  }
  function onData(chunk: Buffer): void {
    if (body.size + chunk.length > limit) {
      request.pause();
      stop(errors.CCP_HTTP_BODY_TOO_LARGE({ message: `The body is larger than ${limit} bytes.` }));
      return;
    }
    body.push(chunk);
  }
  function onEnd(): void {
    stop(null);
  }
  function onClose(): void {
    stop(errors.CCP_HTTP_BAD_REQUEST({ message: 'The client closed the connection before its request was complete.' }));
  }
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
}
