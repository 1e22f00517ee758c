import type { ProviderTimeouts } from '@ccproxy/config';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import { responseHeadersForClient } from '@ccproxy/wire';
import type { Dispatcher } from 'undici';
import { errors } from './errors.js';
import type { HeaderFields, ProviderCall, ProviderSink } from './provider.js';
import { timeoutError, upstreamError } from './upstream-error.js';
import { type Expiry, Watchdog } from './watchdog.js';

/** An answer above this, bytes, is not one of a model (the largest outputs make streams of some 20 MB). */
const MAX_ANSWER = 256 * 1024 * 1024;
/** Interim answers (1xx) before the real one. */
const MAX_INTERIM = 16;
const none: readonly string[] = [];

/** What one call needs besides its request. */
export interface UpstreamCallContext {
  readonly provider: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly timeouts: ProviderTimeouts;
}

/**
 * One HTTP exchange: undici's raw handler on one side, a `ProviderSink` on the other. Follows no redirect, names every limit,
 * never calls the sink before the constructor returned nor after `abort`, and ends with exactly one of `onEnd` and `onError`.
 */
export class UpstreamCall implements ProviderCall, Dispatcher.DispatchHandler {
  /** Set by the adapter that makes the call. */
  dropped: readonly string[] = none;
  readonly #provider: string;
  readonly #sink: ProviderSink;
  readonly #watchdog: Watchdog;
  #controller: Dispatcher.DispatchController | undefined;
  #done = false;
  #dispatching = true;
  #paused = false;
  #headSeen = false;
  #interim = 0;
  #bytes = 0;

  constructor(context: UpstreamCallContext, request: Dispatcher.DispatchOptions, sink: ProviderSink) {
    this.#provider = context.provider;
    this.#sink = sink;
    this.#watchdog = new Watchdog(context.clock, context.timeouts, (expiry, ms) => this.#expire(expiry, ms));
    context.dispatcher.dispatch(request, this);
    this.#dispatching = false;
  }

  pause(): void {
    if (this.#done || this.#paused) return;
    this.#paused = true;
    this.#watchdog.pause();
    this.#controller?.pause();
  }

  resume(): void {
    if (this.#done || !this.#paused) return;
    this.#paused = false;
    this.#watchdog.resume();
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#done) return;
    this.#finish();
    this.#destroy('the client ended the request');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) return this.#destroy('ended before it was sent');
    this.#watchdog.connected();
    if (this.#paused) controller.pause();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HeaderFields): void {
    if (this.#done) return;
    // They are slices of what was read first, all of which they would keep for as long as the answer takes.
    controller.rawHeaders = null;
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM) this.#refuse('CCP_UPSTREAM_MALFORMED', `sent more than ${MAX_INTERIM} interim answers`);
      return;
    }
    if (status >= 300 && status < 400 && status !== 304) {
      return this.#refuse('CCP_UPSTREAM_REDIRECT', `answered ${status}, a redirect; it was not followed`);
    }
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
      return this.#refuse('CCP_UPSTREAM_ENCODING', 'answered with a content-encoding although none was accepted');
    }
    this.#headSeen = true;
    this.#sink.onHead(status, responseHeadersForClient(headers));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    this.#watchdog.data();
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER) return this.#refuse('CCP_UPSTREAM_TOO_LARGE', `sent more than ${MAX_ANSWER} bytes`);
    this.#sink.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#done) return;
    this.#finish();
    if (this.#headSeen) this.#sink.onEnd();
    else this.#sink.onError(errors.CCP_UPSTREAM_MALFORMED({ message: `provider "${this.#provider}" ended without an answer` }));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: Error): void {
    if (this.#done) return;
    this.#fail(upstreamError(this.#provider, cause));
  }

  #refuse(
    code: 'CCP_UPSTREAM_MALFORMED' | 'CCP_UPSTREAM_REDIRECT' | 'CCP_UPSTREAM_ENCODING' | 'CCP_UPSTREAM_TOO_LARGE',
    what: string,
  ): void {
    const error = errors[code]({ message: `provider "${this.#provider}" ${what}`, details: { provider: this.#provider } });
    this.#fail(error);
    this.#destroy(error.message);
  }

  #expire(expiry: Expiry, ms: number): void {
    if (this.#done) return;
    const error = timeoutError(this.#provider, expiry, ms);
    this.#fail(error);
    this.#destroy(error.message);
  }

  #fail(error: CcproxyError): void {
    this.#finish();
    if (this.#dispatching) queueMicrotask(() => this.#sink.onError(error));
    else this.#sink.onError(error);
  }

  #finish(): void {
    this.#done = true;
    this.#watchdog.stop();
  }

  #destroy(reason: string): void {
    this.#controller?.abort(new Error(reason));
  }
}
