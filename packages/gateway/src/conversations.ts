import { type Clock, LruMap, type Timer } from '@ccproxy/kernel';
import type { ConversationFacts, TokenFacts } from '@ccproxy/router';
import type { Calibration } from '@ccproxy/tokens';
import type { TokenUsage } from '@ccproxy/wire';

export interface ConversationsOptions {
  readonly clock: Clock;
  /** Conversations kept; 5000. */
  readonly capacity?: number;
  /** How long one is remembered without a request, ms; 2 hours. */
  readonly maxAgeMs?: number;
}

/** A request as the table sees it. */
export interface Turn {
  readonly key: string;
  /** The client names its session: a request that adds nothing is a repetition. Without one it may be another that looks the same. */
  readonly session: boolean;
  /** The rules it is decided by; others bind nothing. */
  readonly rules: object;
  /** Model the client asked for. */
  readonly model: string;
  readonly messages: number;
  /** Tokens estimated from its bytes, before calibration. */
  readonly estimate: number;
}

/** What is known of a request because of those before it. */
export interface Known {
  /** Undefined: no count of the conversation is known. */
  readonly tokens: TokenFacts | undefined;
  /** `input_tokens` of the last answer. */
  readonly previousInput: number | undefined;
  /** Undefined: nothing binds it to a target. */
  readonly conversation: ConversationFacts | undefined;
}

interface Entry {
  readonly at: number;
  readonly rules: object;
  readonly model: string;
  readonly messages: number;
  /** The estimate of the request whose tokens are known, and those. */
  readonly estimate: number;
  readonly tokens: number | undefined;
  readonly previousInput: number | undefined;
  /** Undefined: counted only, not answered yet. */
  readonly target: string | undefined;
  readonly oneHour: boolean;
}

const minute = 60_000;
/** After this long nothing is left in a provider's prompt cache; with the longer of the two lives, the second. */
const cacheLife = { short: 5 * minute, long: 60 * minute } as const;
/** An estimate of what was added is wrong by this much at most; a count reported for the rest is right. */
const addedError = 0.2;
/** Counts of providers differ a little from turn to turn (attribution, cache marks). */
const countError = 0.005;

/**
 * The conversations of the last hours, bounded in number and age, also without traffic: which target has them, and how many tokens they had,
 * so that only what was added needs estimating. Never a prompt: keys are hashes.
 */
export class Conversations {
  readonly #clock: Clock;
  readonly #maxAge: number;
  readonly #entries: LruMap<string, Entry>;
  #timer: Timer | undefined;

  constructor({ clock, capacity = 5000, maxAgeMs = 2 * 60 * minute }: ConversationsOptions) {
    this.#clock = clock;
    this.#maxAge = maxAgeMs;
    this.#entries = new LruMap({ maxEntries: capacity });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known of a request that goes on with a conversation. `turnBegins` is asked only when it matters. */
  look(turn: Turn, calibration: Calibration, turnBegins: () => boolean): Known | undefined {
    const entry = this.#entries.get(turn.key);
    // A conversation only grows; a shorter one was compacted or edited, and nothing of it is cached.
    if (entry === undefined || turn.messages < entry.messages || this.#age(entry) > this.#maxAge) return undefined;
    return {
      tokens: knownTokens(entry, turn, calibration),
      previousInput: entry.previousInput,
      conversation: this.#binding(entry, turn, turnBegins),
    };
  }

  /** An answer: `target` has the conversation in its cache now. */
  answered(turn: Turn, target: string, usage: TokenUsage | undefined, oneHour: boolean): void {
    const { inputTokens, cacheReadTokens = 0, cacheCreationTokens = 0 } = usage ?? {};
    const tokens = inputTokens === undefined ? undefined : inputTokens + cacheReadTokens + cacheCreationTokens;
    this.#set(turn, { target, tokens, previousInput: inputTokens, oneHour });
  }

  /** An exact count, before the answer. */
  counted(turn: Turn, tokens: number): void {
    const { target, previousInput, oneHour = false } = this.#entries.peek(turn.key) ?? {};
    this.#set(turn, { target, tokens, previousInput, oneHour });
  }

  stop(): void {
    this.#timer?.clear();
    this.#entries.clear();
  }

  #age({ at }: Entry): number {
    return this.#clock.monotonic() - at;
  }

  #binding(entry: Entry, turn: Turn, turnBegins: () => boolean): ConversationFacts | undefined {
    const { target, model, oneHour, tokens = 0 } = entry;
    // A client that asks for another model has been told so by its user, and other rules are meant to change something.
    if (target === undefined || model !== turn.model || entry.rules !== turn.rules) return undefined;
    if (!turn.session && turn.messages === entry.messages) return undefined;
    const cached = this.#age(entry) <= (oneHour ? cacheLife.long : cacheLife.short);
    const begins = turnBegins();
    if (begins && !cached) return undefined;
    return { target, turnBegins: begins, cachedTokens: cached ? tokens : 0 };
  }

  #set({ key, rules, model, messages, estimate }: Turn, rest: Pick<Entry, 'target' | 'tokens' | 'previousInput' | 'oneHour'>): void {
    this.#entries.set(key, { at: this.#clock.monotonic(), rules, model, messages, estimate, ...rest });
    this.#timer ??= this.#clock.setTimeout(() => this.#sweep(), this.#maxAge / 4, { unref: true });
  }

  /** Old entries stand first: the map is in order of use. */
  #sweep(): void {
    this.#timer = undefined;
    for (const [key, entry] of this.#entries.entries()) {
      if (this.#age(entry) > this.#maxAge) this.#entries.delete(key);
    }
    if (this.#entries.size > 0) this.#timer = this.#clock.setTimeout(() => this.#sweep(), this.#maxAge / 4, { unref: true });
  }
}

/** The tokens of the conversation so far and an estimate of what was added. */
function knownTokens({ tokens, estimate }: Entry, turn: Turn, calibration: Calibration): TokenFacts | undefined {
  const added = turn.estimate - estimate;
  if (tokens === undefined || added < 0) return undefined;
  const more = added === 0 ? 0 : calibration.calibrated(turn.model, added);
  const total = tokens + more;
  return { estimate: total, exact: false, by: 'turn', margin: total === 0 ? 0 : (more * addedError) / total + countError };
}
