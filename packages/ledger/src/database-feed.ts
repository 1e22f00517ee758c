import type { Clock, Logger, Timer } from '@ccproxy/kernel';
import type { LedgerTable, StoredTotals } from '@ccproxy/store';
import { groupEntries, type Journal, type JournalSnapshot, type PendingEntry } from './journal.js';

export interface DatabaseFeedOptions {
  readonly journal: Journal;
  /** What the journals held when they were opened, oldest first. */
  readonly leftOver: readonly JournalSnapshot[];
  /** Nobody else writes: what is found open was cut off. */
  readonly alone: boolean;
  /** Called once when the database has all that was left over. */
  readonly takenOver: () => void;
  readonly table: LedgerTable;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long an entry waits for others at most, ms; a full group does not wait. */
  readonly flushMs: number;
  readonly maxPending: number;
  readonly retainRows: number;
  /** Called when the database has more of the journal than before. */
  readonly stored: () => void;
}

const groupSize = 500;
const firstRetryMs = 250;
const lastRetryMs = 5000;

/** Closed rows beyond `retainRows` are removed each time this many entries were stored. */
const pruneEvery = 10_000;

/**
 * Takes entries to the database in groups, off the hot path, and first of all what an earlier process left in the journal.
 * While the database fails, entries wait in memory up to `maxPending`, beyond that in the journal alone, from where they are
 * read back; what neither can hold is counted as lost.
 */
export class DatabaseFeed {
  readonly #options: DatabaseFeedOptions;
  readonly #pending: PendingEntry[] = [];
  #leftOver: readonly JournalSnapshot[] | undefined;
  #base: StoredTotals = { attempts: 0, open: 0, inputTokens: 0, outputTokens: 0 };
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #retryMs = 0;
  #lost = 0;
  #markedLost = 0;
  #sincePrune = 0;
  #stopped = false;

  constructor(options: DatabaseFeedOptions) {
    this.#options = options;
    this.#leftOver = options.leftOver;
  }

  get state(): 'ok' | 'degraded' {
    return this.#retryMs === 0 ? 'ok' : 'degraded';
  }

  /** Entries in memory that the database does not have, oldest first. */
  get pending(): readonly PendingEntry[] {
    return this.#pending;
  }

  /** Entries that could be kept nowhere. */
  get lost(): number {
    return this.#lost;
  }

  /** Attempts of earlier processes that were found open. */
  get markedLost(): number {
    return this.#markedLost;
  }

  /** The totals of earlier processes; zero until the database could be read. */
  get base(): StoredTotals {
    return this.#base;
  }

  add(entries: readonly PendingEntry[]): void {
    for (const entry of entries) {
      if (this.#pending.length < this.#options.maxPending) this.#pending.push(entry);
      else if (entry.file !== undefined) this.#options.journal.spill(entry);
      else this.#loseEntry();
    }
    this.#storeInTime();
  }

  /** Stores what waits now. Rejects with the error of the database; then it is tried again by itself. */
  drain(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#pending.length > 0 || this.#retryMs > 0) this.#storeInTime();
    });
    return this.#running;
  }

  /** Resolves when the database has every entry up to `seq`. Rejects with the error of the database. */
  async flush(seq: number): Promise<void> {
    do await this.drain();
    while ((this.#pending[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq || this.#options.journal.spilled > 0);
  }

  /** Ends the timers; nothing is stored by itself any more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.clear();
  }

  /** Sees to it that what waits is stored; a run that goes on does so at its end. */
  #storeInTime(): void {
    if (this.#running !== undefined) return;
    if (this.#retryMs === 0 && this.#pending.length >= groupSize && !this.#stopped) this.#wake();
    else this.#schedule(this.#options.flushMs);
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    // A process that ends leaves it behind: the journal has the entries, and the next start stores them.
    this.#timer = this.#options.clock.setTimeout(() => this.#wake(), this.#retryMs === 0 ? ms : this.#retryMs, { unref: true });
  }

  #wake(): void {
    this.#timer?.clear();
    this.#timer = undefined;
    // The failure has been logged, and the next try is scheduled.
    this.drain().catch(() => {});
  }

  async #run(): Promise<void> {
    try {
      await this.#takeOver();
      await this.#storePending();
      if (this.#options.journal.spilled > 0) await this.#readBack();
      // Before rows go: a row that is gone from the database must not stand in the journal, or a replay brings it back.
      this.#options.stored();
      await this.#prune();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (this.#retryMs > 0) this.#options.logger.info({}, 'ledger database takes entries again');
    this.#retryMs = 0;
  }

  /** What earlier processes left: replayed, and what is open then was cut off by a crash. Comes before any entry of this process. */
  async #takeOver(): Promise<void> {
    if (this.#leftOver === undefined) return;
    const { table, logger, alone, takenOver } = this.#options;
    const contents = this.#leftOver.flatMap((snapshot) => snapshot.contents);
    for (const group of groupEntries(contents, groupSize)) await table.apply(group);
    this.#markedLost = alone ? await table.markLost() : 0;
    this.#base = await table.totals();
    for (const snapshot of this.#leftOver) snapshot.committed();
    takenOver();
    this.#leftOver = undefined;
    if (this.#markedLost > 0)
      logger.warn({ attempts: this.#markedLost }, 'attempts cut off by the end of the last process are marked as lost');
  }

  /** What comes while this goes on waits for a group of its own: under load there would be no end to small ones. */
  async #storePending(): Promise<void> {
    const last = this.#pending.at(-1)?.seq ?? 0;
    while ((this.#pending[0]?.seq ?? Number.POSITIVE_INFINITY) <= last) {
      const group = this.#pending.slice(0, groupSize);
      await this.#options.table.apply({ opens: texts(group, 'o'), closes: texts(group, 'c') });
      this.#pending.splice(0, group.length);
      this.#options.journal.committed(group);
      this.#options.stored();
      this.#sincePrune += group.length;
    }
  }

  /** Everything the journal has is stored again: idempotent, and the only way to get at what is not in memory. */
  async #readBack(): Promise<void> {
    const snapshot = this.#options.journal.snapshot();
    for (const group of groupEntries(snapshot.contents, groupSize)) await this.#options.table.apply(group);
    snapshot.committed();
  }

  async #prune(): Promise<void> {
    if (this.#sincePrune < pruneEvery) return;
    await this.#options.table.prune(this.#options.retainRows);
    this.#sincePrune = 0;
  }

  #fail(error: unknown): void {
    if (this.#retryMs === 0) {
      this.#options.logger.error({ error: String(error) }, 'ledger database takes no entries; they wait in the journal');
    }
    this.#retryMs = this.#retryMs === 0 ? firstRetryMs : Math.min(this.#retryMs * 2, lastRetryMs);
  }

  #loseEntry(): void {
    if (this.#lost === 0) this.#options.logger.error({}, 'ledger entries are lost: neither journal nor database takes them');
    this.#lost += 1;
  }
}

function texts(entries: readonly PendingEntry[], kind: PendingEntry['kind']): string[] {
  return entries.filter((entry) => entry.kind === kind).map((entry) => entry.json);
}
