import type { ProviderTimeouts } from '@ccproxy/config';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import { responseHeadersForClient } from '@ccproxy/wire';
import { errors } from '../errors.js';
import type { HeaderFields, ProviderCall, ProviderSink } from '../provider.js';
import { timeoutError } from '../upstream-error.js';
import { Watchdog } from '../watchdog.js';
import { adapterError } from './adapter-error.js';
import type { AdapterHost } from './adapter-host.js';
import type { AdapterNews, AdapterOrder } from './adapter-protocol.js';

// As an import it would load Node's own fetch and WebSocket with it.
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');

/** An answer above this, bytes, is not one of a model. */
const MAX_ANSWER = 256 * 1024 * 1024;
/** Names of parts that were left out. */
const MOST_DROPPED = 32;
/** Of the connection the adapter had: `fetch` has undone both. */
const ofTheConnection: readonly string[] = ['content-encoding', 'content-length'];

export interface AdapterCallContext {
  readonly provider: string;
  readonly host: AdapterHost;
  readonly clock: Clock;
  readonly timeouts: ProviderTimeouts;
  readonly secrets: () => readonly string[];
}

/** One call through an adapter: its limits are held here, whatever the adapter does. */
export class AdapterCall implements ProviderCall {
  dropped: readonly string[];
  readonly #context: AdapterCallContext;
  readonly #sink: ProviderSink;
  readonly #watchdog: Watchdog;
  readonly #id: number;
  /** What came while the reader had enough; bounded by what the adapter may send unread. */
  readonly #waiting: AdapterNews[] = [];
  #paused = false;
  #done = false;
  #headSeen = false;
  #bytes = 0;

  constructor(
    context: AdapterCallContext,
    request: Extract<AdapterOrder, { kind: 'call' }>['request'],
    dropped: readonly string[],
    sink: ProviderSink,
  ) {
    this.#context = context;
    this.#sink = sink;
    this.dropped = dropped;
    const { provider, host, clock, timeouts } = context;
    this.#watchdog = new Watchdog(clock, timeouts, (expiry, ms) => this.#fail(timeoutError(provider, expiry, ms), true));
    // Connecting is the adapter's own business: its limit begins with the wait for the answer.
    this.#watchdog.connected();
    this.#id = host.call(request, (news) => this.#hear(news));
  }

  pause(): void {
    if (this.#done || this.#paused) return;
    this.#paused = true;
    this.#watchdog.pause();
  }

  resume(): void {
    if (this.#done || !this.#paused) return;
    this.#paused = false;
    this.#watchdog.resume();
    while (!this.#idle()) {
      const news = this.#waiting.shift();
      if (news === undefined) return;
      this.#pass(news);
    }
  }

  abort(): void {
    if (this.#done) return;
    this.#finish();
    this.#context.host.drop(this.#id, false);
  }

  /** Whether the sink gets nothing now: it paused or aborted while it was told something. */
  #idle(): boolean {
    return this.#done || this.#paused;
  }

  #hear(news: AdapterNews): void {
    if (this.#done) return;
    if (news.kind === 'data') this.#watchdog.data();
    if (this.#paused || this.#waiting.length > 0) this.#waiting.push(news);
    else this.#pass(news);
  }

  #pass(news: AdapterNews): void {
    if (news.kind === 'head') {
      this.dropped = [...this.dropped, ...news.dropped.map(String).slice(0, MOST_DROPPED)];
      return this.#head(news.status, news.headers);
    }
    if (news.kind === 'data') return this.#data(news.chunk);
    if (news.kind === 'failed') {
      const { provider, secrets } = this.#context;
      return this.#fail(adapterError(provider, news, secrets()), false);
    }
    if (!this.#headSeen) return this.#refuse('CCP_UPSTREAM_MALFORMED', 'ended without an answer');
    this.#finish();
    this.#sink.onEnd();
  }

  #head(status: number, headers: HeaderFields): void {
    if (!Number.isInteger(status) || status < 200 || status > 599)
      return this.#refuse('CCP_UPSTREAM_MALFORMED', 'answered without a status');
    if (status >= 300 && status < 400) return this.#refuse('CCP_UPSTREAM_REDIRECT', `answered ${status}, a redirect; it was not followed`);
    this.#headSeen = true;
    this.#sink.onHead(status, responseHeadersForClient(sendable(headers)));
  }

  #data(chunk: Uint8Array): void {
    if (!this.#headSeen) return this.#refuse('CCP_UPSTREAM_MALFORMED', 'sent a body without a head');
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER) return this.#refuse('CCP_UPSTREAM_TOO_LARGE', `sent more than ${MAX_ANSWER} bytes`);
    this.#context.host.send({ kind: 'taken', id: this.#id, bytes: chunk.length });
    this.#sink.onData(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  #refuse(code: 'CCP_UPSTREAM_MALFORMED' | 'CCP_UPSTREAM_REDIRECT' | 'CCP_UPSTREAM_TOO_LARGE', what: string): void {
    const { provider } = this.#context;
    this.#fail(errors[code]({ message: `provider "${provider}" ${what}`, details: { provider } }), false);
  }

  #fail(error: CcproxyError, late: boolean): void {
    if (this.#done) return;
    this.#finish();
    this.#context.host.drop(this.#id, late);
    this.#sink.onError(error);
  }

  #finish(): void {
    this.#done = true;
    this.#waiting.length = 0;
    this.#watchdog.stop();
  }
}

/** The fields that may stand in an answer: an adapter can return anything. */
function sendable(headers: HeaderFields): HeaderFields {
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => !ofTheConnection.includes(name) && isValid(name, value)));
}

function isValid(name: string, value: HeaderFields[string]): boolean {
  try {
    validateHeaderName(name);
    for (const each of [value].flat()) validateHeaderValue(name, each ?? '');
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
