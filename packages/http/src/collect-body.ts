import type { IncomingMessage } from 'node:http';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import { BodyBuffer } from './body-buffer.js';
import { errors } from './errors.js';
import type { HttpLimits } from './http-limits.js';

export interface CollectOptions {
  /** bytes */
  readonly limit: number;
  readonly clock: Clock;
  readonly limits: Pick<HttpLimits, 'uploadGrace' | 'uploadRate'>;
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
  // Taking four listeners off costs more than leaving them to the request's end.
  let over = false;

  function stop(error: CcproxyError | null): void {
    over = true;
    timer.clear();
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
    if (over) return;
    if (body.size + chunk.length > limit) {
      request.pause();
      stop(errors.CCP_HTTP_BODY_TOO_LARGE({ message: `The body is larger than ${limit} bytes.` }));
      return;
    }
    body.push(chunk);
  }
  function onEnd(): void {
    if (!over) stop(null);
  }
  function onClose(): void {
    if (!over) stop(errors.CCP_HTTP_BAD_REQUEST({ message: 'The client closed the connection before its request was complete.' }));
  }
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
}
