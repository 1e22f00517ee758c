import { type Clock, type Logger, silentLogger, type Timer } from '@ccproxy/kernel';
import type { Store, StoredDecision } from '@ccproxy/store';
import { boundedCopy, boundedText } from './bounded-copy.js';
import type { DecisionRecord, DecisionStep } from './decision-record.js';

export interface DecisionLogOptions {
  readonly database: Pick<Store, 'decisions'>;
  readonly clock: Clock;
  /** Decisions kept at most. */
  readonly capacityRows: number;
  /** How long a decision is kept, ms. */
  readonly maxAgeMs: number;
  readonly logger?: Logger;
  /** Replaces secrets in the text of a decision; the client chose some of its names. */
  readonly redact?: (text: string) => string;
  /** How long decisions are collected for one write at most, ms; 1000. */
  readonly flushMs?: number;
}

/** The newest routing decisions, for `route explain` and the log. Best effort: a crash may lose the last `flushMs`. */
export interface DecisionLog {
  /**
   * Keeps a decision; one with a known request id takes its place. `make` is called at once or, of more than 500 within a second, not at all; what
   * it returns must not change afterwards.
   */
  record(make: () => DecisionRecord): void;
  /**
   * Newest first by `at`, none older than `maxAgeMs`, none after `until` (ms since the epoch) when that is given; includes what is not in the
   * database yet.
   */
  recent(limit: number, until?: number): Promise<DecisionRecord[]>;
  /** Everything recorded so far is in the database afterwards. Rejects with its error. */
  flush(): Promise<void>;
  stop(): Promise<void>;
  /** `dropped`: decisions beyond 500 within a second, and those that found no room while the database failed. */
  health(): { readonly database: 'ok' | 'degraded'; readonly pending: number; readonly dropped: number };
}

/** Decisions that wait for the database at most; the oldest goes first. */
const maxPending = 1000;
const maxAttempts = 50;
const maxSteps = 500;
const maxReasons = 20;
const groupSize = 200;
/** More of them than this within a second tell nothing new and would drive older ones out of the log. */
const maxPerSecond = 500;
const retryMs = 2000;
const longestPauseMs = 10 * 60_000;

/** Makes the log of routing decisions, bounded by count and age, also while nothing is recorded. */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  return new BatchedDecisionLog(options);
}

class BatchedDecisionLog implements DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #logger: Logger;
  readonly #redact: (text: string) => string;
  #pending: DecisionRecord[] = [];
  #writing: Promise<void> | undefined;
  #flushTimer: Timer | undefined;
  #cleanTimer: Timer | undefined;
  #degraded = false;
  #dropped = 0;
  #sinceCleaning = 0;
  #secondBegan = -Infinity;
  #inSecond = 0;
  #stopped = false;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#redact = options.redact ?? ((text) => text);
    this.#scheduleCleaning();
  }

  record(make: () => DecisionRecord): void {
    if (this.#stopped) return;
    if (!this.#takePlace()) {
      this.#dropped += 1;
      return;
    }
    this.#pending.push(make());
    if (this.#pending.length > maxPending) {
      this.#pending.shift();
      this.#dropped += 1;
    }
    if (this.#writing === undefined) this.#storeInTime();
  }

  async recent(limit: number, until?: number): Promise<DecisionRecord[]> {
    const { database, capacityRows } = this.#options;
    const waiting = this.#pending.map((decision) => toStored(decision, this.#redact));
    // A database that fails is reported by health(); what memory has is better than nothing.
    const stored = await database.decisions.recent(Math.min(limit, capacityRows), until).catch((): StoredDecision[] => []);
    const byId = new Map([...stored.toReversed(), ...waiting].map((decision) => [decision.requestId, decision]));
    const oldest = this.#options.clock.now() - this.#options.maxAgeMs;
    return [...byId.values()]
      .filter(({ at }) => at >= oldest && at <= (until ?? Infinity))
      .sort((a, b) => b.at - a.at)
      .slice(0, Math.max(0, limit))
      .map(fromStored);
  }

  async flush(): Promise<void> {
    // What comes meanwhile waits for a group of its own: under load there would be no end to small ones.
    const last = this.#pending.at(-1);
    if (last === undefined) return;
    do await this.#writeGroup();
    while (this.#pending.includes(last));
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cleanTimer?.clear();
    // A failure has been logged; there is nobody left to wait for a better time.
    await this.flush().catch(() => {});
    this.#flushTimer?.clear();
  }

  health(): { readonly database: 'ok' | 'degraded'; readonly pending: number; readonly dropped: number } {
    return { database: this.#degraded ? 'degraded' : 'ok', pending: this.#pending.length, dropped: this.#dropped };
  }

  #takePlace(): boolean {
    const now = this.#options.clock.monotonic();
    if (now - this.#secondBegan >= 1000) {
      this.#secondBegan = now;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= maxPerSecond;
  }

  /** A full group is stored at once. */
  #storeInTime(): void {
    if (this.#degraded) this.#scheduleFlush(retryMs);
    else if (this.#pending.length >= groupSize) logged(this.#writeGroup());
    else if (this.#pending.length > 0) this.#scheduleFlush(this.#options.flushMs ?? 1000);
  }

  #writeGroup(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      this.#storeInTime();
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const group = this.#pending.slice(0, groupSize);
    try {
      await this.#options.database.decisions.put(group.map((decision) => toStored(decision, this.#redact)));
      const done = new Set(group);
      this.#pending = this.#pending.filter((decision) => !done.has(decision));
      this.#sinceCleaning += group.length;
      if (this.#sinceCleaning * 10 >= this.#options.capacityRows) await this.#clean();
      this.#degraded = false;
    } catch (error) {
      if (!this.#degraded) this.#logger.error({ error: String(error) }, 'routing decisions cannot be stored');
      this.#degraded = true;
      throw error;
    }
  }

  async #clean(): Promise<void> {
    const { database, clock, maxAgeMs, capacityRows } = this.#options;
    await database.decisions.prune({ before: clock.now() - maxAgeMs, keep: capacityRows });
    this.#sinceCleaning = 0;
  }

  #scheduleFlush(ms: number): void {
    if (this.#flushTimer !== undefined || this.#stopped) return;
    this.#flushTimer = this.#options.clock.setTimeout(
      () => {
        this.#flushTimer = undefined;
        logged(this.flush());
      },
      ms,
      { unref: true },
    );
  }

  /** Old decisions go without traffic too. */
  #scheduleCleaning(): void {
    const pause = Math.min(longestPauseMs, Math.max(1000, this.#options.maxAgeMs / 10));
    this.#cleanTimer = this.#options.clock.setTimeout(
      () => {
        this.#clean().catch((error: unknown) => this.#logger.warn({ error: String(error) }, 'old routing decisions could not be removed'));
        this.#scheduleCleaning();
      },
      pause,
      { unref: true },
    );
  }
}

function toStored(decision: DecisionRecord, redact: (text: string) => string): StoredDecision {
  const { requestId, at, route, facts, attempts, explanation, outcome, target, model, usage } = decision;
  const rest = {
    facts: boundedCopy(facts),
    attempts: attempts.slice(0, maxAttempts).map(boundedText),
    explanation: explanation.slice(0, maxSteps).map(boundedStep),
    ...(outcome === undefined ? {} : { outcome: boundedText(outcome) }),
    ...(target === undefined ? {} : { target: boundedText(target) }),
    ...(model === undefined ? {} : { model: boundedText(model) }),
    ...(usage === undefined ? {} : { usage }),
  };
  return { requestId: requestId.slice(0, 256), at, route: boundedText(route), json: redact(JSON.stringify(rest)) };
}

/** A failure has been logged where it happened, and the write is tried again. */
function logged(write: Promise<void>): void {
  write.catch(() => {});
}

function boundedStep({ rule, fired, because }: DecisionStep): DecisionStep {
  return { rule: boundedText(rule), fired, because: because.slice(0, maxReasons).map(boundedText) };
}

function fromStored(stored: StoredDecision): DecisionRecord {
  const rest = JSON.parse(stored.json) as Omit<DecisionRecord, 'requestId' | 'at' | 'route'>;
  return { ...rest, requestId: stored.requestId, at: stored.at, route: stored.route };
}
