import type { KeyStrategy, RateLimits, RetryConfig } from '@ccproxy/config';
import { LruMap } from '@ccproxy/kernel';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.js';
import { classRules, type ErrorClass, type Verdict } from './error-class.js';
import { KeyPool } from './key-pool.js';
import type { KeySlot } from './key-slot.js';
import type { Limiter } from './limiter.js';
import { RetryBudget } from './retry-budget.js';
import type { Allowances, Taken, TakenShare } from './taken.js';

/** Repetitions within ten seconds that a quiet provider gets whatever its traffic. */
const freeRetries = 5;
const budgetWindow = 10_000;
/** Models of one provider whose capacity is watched. */
const watchedModels = 64;

/** Repetitions of a request unless the configuration says how many. */
const usualAttempts = 2;

/** How long a key rests when the provider did not say, ms. */
const restOf: Readonly<Partial<Record<ErrorClass, number>>> = { rate: 5000, auth: 300_000, quota: 300_000 };

export interface ProviderLineOptions {
  /** The credential is the provider's own: it rests when the provider refuses it. The client's does not, it is another each time. */
  readonly ownKey: boolean;
  /** The client is to see its provider as if nothing stood between them: nothing is repeated unless the configuration says so. */
  readonly transparent: boolean;
  readonly strategy: KeyStrategy;
  readonly keys: readonly { readonly weight: number; readonly limits: RateLimits | undefined }[];
  readonly retry: RetryConfig;
  /** Monotonic ms. */
  readonly now: () => number;
  /** Told when the provider as a whole is left alone, or is not any more. */
  readonly onCircuit?: (state: CircuitState) => void;
  /** Told when a key begins to rest. */
  readonly onRest?: (key: number, why: ErrorClass) => void;
  /** Told when something of a key's allowance was taken or given back, or the provider closed one. */
  readonly onSpent?: () => void;
}

/** A request asks the provider for the first time, again (which takes from the budget, not adds to it), or whatever the circuit says. */
export type AdmissionKind = 'first' | 'again' | 'forced';

/** Why a provider may not be called now. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly because: 'circuit' | 'keys';
  /** ms until it may be asked again. */
  readonly wait: number;
}

/** Leave for one call. Report `succeeded` or `failed`, then `release`, once. */
export interface Lease {
  readonly kind: 'lease';
  /** Index of the key to send. */
  readonly key: number;
  /** The provider answers. */
  succeeded(): void;
  failed(verdict: Verdict): void;
  /** The call is over; `tokens`: all it took, undefined when nobody knows. */
  release(tokens: number | undefined): void;
}

/** What `/health` shows of a provider. */
export interface LineReport {
  readonly circuit: CircuitState;
  /** Seconds until it is asked again; null when it is asked. */
  readonly retryIn: number | null;
  /** Only where there are several. */
  readonly keys?: readonly { readonly key: number; readonly running: number | null; readonly restsFor: number }[];
  /** Models without capacity that are left alone. */
  readonly overloaded?: readonly string[];
}

/** Everything that is remembered of one provider between requests: circuit, keys, budget of repetitions. Bounded. */
export class ProviderLine implements Allowances {
  readonly ownKey: boolean;
  readonly transparent: boolean;
  /** Repetitions of one request at one target. */
  readonly attempts: number;
  readonly #options: ProviderLineOptions;
  readonly #circuit: CircuitBreaker;
  readonly #pool: KeyPool;
  readonly #budget: RetryBudget;
  /** Only of models that were overloaded. */
  readonly #models = new LruMap<string, CircuitBreaker>({ maxEntries: watchedModels });

  constructor(options: ProviderLineOptions) {
    this.#options = options;
    const { retry, onCircuit } = options;
    this.ownKey = options.ownKey;
    this.transparent = options.transparent;
    this.attempts = retry.attempts ?? (options.transparent ? 0 : usualAttempts);
    this.#circuit = new CircuitBreaker({ ...retry.breaker, ...(onCircuit === undefined ? {} : { onChange: onCircuit }) });
    this.#pool = new KeyPool(options);
    this.#budget = new RetryBudget({ ratio: retry.budget / 100, minimum: retry.budget === 0 ? 0 : freeRetries, window: budgetWindow });
  }

  /** Leave to call the provider for that model, or why not. `tokens`: estimate of the input. */
  admit(model: string, session: string | undefined, tokens: number, kind: AdmissionKind): Lease | Refusal {
    const now = this.#options.now();
    const overload = this.#models.size === 0 ? undefined : this.#models.peek(model);
    const wait = Math.max(this.#circuit.isOpen(now) ? this.#circuit.wait(now) : 0, overload?.isOpen(now) === true ? overload.wait(now) : 0);
    if (wait > 0 && kind !== 'forced') return { kind: 'refusal', because: 'circuit', wait };
    const slot = this.#pool.pick(session, tokens, now);
    if (slot === undefined) return { kind: 'refusal', because: 'keys', wait: this.#pool.wait(tokens, now) };
    if (slot.limiter !== undefined) this.#begin(slot.limiter, tokens, now);
    if (kind !== 'again') this.#budget.request(now);
    return new LineLease(this, model, slot, tokens, this.#circuit.take(now), overload?.take(now) ?? 0);
  }

  /** Whether the circuit of the provider or of the model is open. */
  isLeftAlone(model: string): boolean {
    const now = this.#options.now();
    return this.#circuit.isOpen(now) || this.#models.peek(model)?.isOpen(now) === true;
  }

  /** Whether a request of so many tokens would be admitted; takes nothing. */
  couldTake(model: string, tokens: number): boolean {
    return !this.isLeftAlone(model) && this.#pool.wait(tokens, this.#options.now()) === 0;
  }

  /** Some key for a call that is neither metered nor repeated. */
  anyKey(session: string | undefined): number {
    return this.#pool.pick(session, 0, this.#options.now())?.index ?? 0;
  }

  /** Takes a repetition from the budget; false when there is none left. */
  tryRetry(): boolean {
    return this.#budget.tryRetry(this.#options.now());
  }

  hasFreeKey(tokens: number): boolean {
    return this.#pool.hasFree(tokens, this.#options.now());
  }

  report(): LineReport {
    const now = this.#options.now();
    const { slots } = this.#pool;
    const wait = this.#circuit.wait(now);
    const overloaded = [...this.#models.entries()].flatMap(([model, circuit]) => (circuit.state === 'closed' ? [] : [model]));
    return {
      circuit: this.#circuit.state,
      retryIn: this.#circuit.state === 'closed' ? null : Math.ceil(wait / 1000),
      ...(slots.length === 1 ? {} : { keys: slots.map((slot) => keyReport(slot, now)) }),
      ...(overloaded.length === 0 ? {} : { overloaded }),
    };
  }

  taken(): readonly TakenShare[] {
    const now = this.#options.now();
    return this.#pool.slots.flatMap((slot) => slot.taken(now) ?? []);
  }

  takeAgain(taken: Taken, elapsed: number): void {
    const { now, retry } = this.#options;
    this.#pool.slots.find((slot) => String(slot.index) === taken.name)?.takeAgain(taken, elapsed, retry.coolDown, now());
  }

  mark(): void {
    const now = this.#options.now();
    for (const { limiter } of this.#pool.slots) limiter?.mark(now);
  }

  unmark(): void {
    for (const { limiter } of this.#pool.slots) limiter?.unmark();
  }

  /** @internal */
  noteSuccess(lease: LineLease): void {
    this.#circuit.succeeded(lease.ticket);
    lease.slot.served();
    if (lease.modelTicket === 0) return;
    const overload = this.#models.peek(lease.model);
    overload?.succeeded(lease.modelTicket);
    if (overload?.state === 'closed') this.#models.delete(lease.model);
  }

  /** @internal */
  noteFailure(lease: LineLease, verdict: Verdict): void {
    const now = this.#options.now();
    const { counts } = classRules[verdict.class];
    if (counts === 'provider') this.#circuit.failed(lease.ticket, now);
    else if (counts === 'model') this.#overloadOf(lease.model).failed(lease.modelTicket, now);
    else if (lease.ticket > 1 && verdict.class !== 'unavailable' && verdict.class !== 'refused') this.#circuit.succeeded(lease.ticket);
    this.#rest(lease.slot, verdict, now);
  }

  /** @internal */
  noteRelease(lease: LineLease, tokens: number | undefined): void {
    this.#circuit.released(lease.ticket);
    if (lease.modelTicket !== 0) this.#models.peek(lease.model)?.released(lease.modelTicket);
    const { limiter } = lease.slot;
    if (limiter === undefined) return;
    limiter.end(tokens === undefined ? 0 : tokens - lease.tokens, this.#options.now());
    this.#options.onSpent?.();
  }

  #begin(limiter: Limiter, tokens: number, now: number): void {
    limiter.begin(tokens, now);
    this.#options.onSpent?.();
  }

  #overloadOf(model: string): CircuitBreaker {
    const known = this.#models.peek(model);
    if (known !== undefined) return known;
    const made = new CircuitBreaker(this.#options.retry.breaker);
    this.#models.set(model, made);
    return made;
  }

  #rest(slot: KeySlot, { class: why, retryAfter }: Verdict, now: number): void {
    const otherwise = restOf[why];
    if (!this.ownKey || otherwise === undefined) return;
    const cap = this.#options.retry.coolDown;
    const closed = why === 'rate';
    // A single key that is not told to wait goes on: there is nothing better, and the provider may have been wrong.
    if (closed && retryAfter === undefined && this.#pool.slots.length === 1) return;
    slot.rest(now + Math.min(cap, retryAfter ?? otherwise), closed);
    if (closed) this.#options.onSpent?.();
    this.#options.onRest?.(slot.index, why);
  }
}

class LineLease implements Lease {
  readonly kind = 'lease';
  readonly model: string;
  readonly slot: KeySlot;
  readonly tokens: number;
  readonly ticket: number;
  readonly modelTicket: number;
  readonly #line: ProviderLine;
  #released = false;

  constructor(line: ProviderLine, model: string, slot: KeySlot, tokens: number, ticket: number, modelTicket: number) {
    this.#line = line;
    this.model = model;
    this.slot = slot;
    this.tokens = tokens;
    this.ticket = ticket;
    this.modelTicket = modelTicket;
  }

  get key(): number {
    return this.slot.index;
  }

  succeeded(): void {
    this.#line.noteSuccess(this);
  }

  failed(verdict: Verdict): void {
    this.#line.noteFailure(this, verdict);
  }

  release(tokens: number | undefined): void {
    if (this.#released) return;
    this.#released = true;
    this.#line.noteRelease(this, tokens);
  }
}

const keyReport = (slot: KeySlot, now: number): { key: number; running: number | null; restsFor: number } => ({
  key: slot.index + 1,
  running: slot.limiter?.running ?? null,
  restsFor: Math.max(0, Math.ceil((slot.restsUntil - now) / 1000)),
});
