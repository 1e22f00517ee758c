import type { Clock, Logger, Timer } from '@ccproxy/kernel';
import type { AdapterLink, StartAdapter } from './adapter-link.js';
import type { AdapterData, AdapterNews, AdapterOrder, AdapterReply } from './adapter-protocol.js';
import type { FoundModule } from './find-module.js';

export interface AdapterHostOptions {
  readonly provider: string;
  /** Finds the module anew at each start: it may have been installed meanwhile. */
  readonly find: () => FoundModule;
  readonly data: Omit<AdapterData, 'url'>;
  readonly env: Readonly<Record<string, string>>;
  readonly start: StartAdapter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Learns credentials the adapter fetched. */
  readonly learn: (value: string) => void;
}

/** How long a module may take to be loaded, or to show that it is alive, ms. */
const loadMs = 20_000;
const aliveMs = 5000;
const closeMs = 2000;
/** Losses in a row after which an adapter is left alone, and for how long, ms. */
const lossesAllowed = 5;
const restMs = 30_000;

type Hear = (news: AdapterNews) => void;

/** The adapter of one provider: started when it is first needed, again when it is gone, and left alone when that does not help. */
export class AdapterHost {
  readonly #options: AdapterHostOptions;
  readonly #calls = new Map<number, Hear>();
  #link: AdapterLink | undefined;
  #loading: Timer | undefined;
  #patience: Timer | undefined;
  #next = 0;
  #losses = 0;
  /** Why it cannot be used: it could not be loaded, or is gone too often. */
  #reason: string | undefined;
  /** Why it says itself that it cannot be used. */
  #reported: string | undefined;
  #restsUntil = -Infinity;
  #emptied: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #closed = Promise.withResolvers<void>();
  signsThinking = false;

  constructor(options: AdapterHostOptions) {
    this.#options = options;
  }

  /** Why no call can succeed now, or undefined. */
  get reason(): string | undefined {
    return this.#closing === undefined ? (this.#reason ?? this.#reported) : 'its configuration has changed';
  }

  /** Starts it, unless it runs or rests. True when it can be sent something. */
  begin(): boolean {
    if (this.#link !== undefined) return true;
    const { clock, data, env, find, start } = this.#options;
    if (this.#closing !== undefined || clock.monotonic() < this.#restsUntil) return false;
    const found = find();
    if ('reason' in found) return this.#rest(found.reason);
    const listener = {
      onReply: (reply: AdapterReply) => (this.#link === link ? this.#hear(reply) : undefined),
      onGone: (reason: string) => this.#lose(link, reason),
    };
    const link = start({ ...data, url: found.url }, env, listener);
    this.#link = link;
    this.#reported = undefined;
    this.#loading = this.#expect(loadMs, 'it could not be loaded in time');
    return true;
  }

  /** Hands a request over; `hear` is told of the answer and never before this returns. The number is for `send`. */
  call(request: Extract<AdapterOrder, { kind: 'call' }>['request'], hear: Hear): number {
    this.#next += 1;
    const id = this.#next;
    this.#calls.set(id, hear);
    if (this.begin()) this.send({ kind: 'call', id, request });
    else queueMicrotask(() => this.#tell({ kind: 'failed', id, code: 'CCP_PROVIDER_UNAVAILABLE', message: this.reason ?? 'it rests' }));
    return id;
  }

  send(order: AdapterOrder): void {
    this.#link?.send(order);
  }

  /** Nobody waits for this answer any more. `late`: it took too long, so that the adapter must show that it is alive. */
  drop(id: number, late: boolean): void {
    this.#calls.delete(id);
    this.send({ kind: 'abort', id });
    if (late && this.#patience === undefined && this.#link !== undefined) {
      this.#patience = this.#expect(aliveMs, 'it does not respond any more');
      this.send({ kind: 'ping' });
    }
    this.#empty();
  }

  /** Lets calls end, then the adapter. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#calls.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    const link = this.#link;
    if (link === undefined) return;
    const timer = this.#options.clock.setTimeout(() => this.#closed.resolve(), closeMs);
    link.send({ kind: 'close' });
    await this.#closed.promise;
    timer.clear();
    this.#stopTimers();
    this.#link = undefined;
    await link.end();
  }

  #hear(reply: AdapterReply): void {
    const { provider, logger, learn } = this.#options;
    if ('id' in reply) return this.#tell(reply);
    if (reply.kind === 'log') logger[reply.level]({ provider, said: reply.message, fields: reply.fields }, 'an adapter says');
    else if (reply.kind === 'secret') learn(reply.value);
    else if (reply.kind === 'report') this.#reported = reply.reason;
    else if (reply.kind === 'closed') this.#closed.resolve();
    else {
      // A `ready` was sent before it was asked whether it is alive.
      if (reply.kind === 'pong') this.#alive();
      else this.#loading?.clear();
      if (reply.kind === 'unusable') this.#unusable(`its adapter cannot be used: ${reply.message}`);
      if (reply.kind !== 'ready') return;
      this.#reason = undefined;
      this.signsThinking = reply.signsThinking;
    }
  }

  #tell(news: AdapterNews): void {
    const hear = this.#calls.get(news.id);
    if (news.kind === 'end' || news.kind === 'failed') this.#calls.delete(news.id);
    if (news.kind === 'end') this.#losses = 0;
    hear?.(news);
    this.#empty();
  }

  #empty(): void {
    if (this.#calls.size === 0) this.#emptied?.();
  }

  #expect(ms: number, otherwise: string): Timer {
    return this.#options.clock.setTimeout(() => this.#lose(this.#link, otherwise), ms, { unref: true });
  }

  #stopTimers(): void {
    this.#loading?.clear();
    this.#alive();
  }

  #alive(): void {
    this.#patience?.clear();
    this.#patience = undefined;
  }

  #unusable(reason: string): void {
    const link = this.#link;
    this.#rest(reason);
    this.#lose(link, reason, 'CCP_PROVIDER_UNAVAILABLE');
  }

  /** It is gone, or is ended now; whatever waits for it has failed, and the next call starts another. */
  #lose(link: AdapterLink | undefined, reason: string, code?: string): void {
    if (link === undefined || this.#link !== link) return;
    this.#link = undefined;
    this.#stopTimers();
    this.#closed.resolve();
    void link.end();
    if (this.#closing === undefined) this.#count(reason);
    for (const id of this.#calls.keys()) this.#tell({ kind: 'failed', id, code, message: reason });
  }

  #count(reason: string): void {
    this.#losses += 1;
    this.#options.logger.warn({ provider: this.#options.provider, reason }, 'the adapter of a provider is gone');
    if (this.#losses < lossesAllowed) return;
    this.#losses = 0;
    this.#rest(`its adapter failed ${lossesAllowed} times in a row: ${reason}`);
  }

  #rest(reason: string): false {
    this.#reason = reason;
    this.#restsUntil = this.#options.clock.monotonic() + restMs;
    return false;
  }
}
