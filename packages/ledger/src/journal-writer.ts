import type { Clock, Logger } from '@ccproxy/kernel';
import type { Journal, PendingEntry } from './journal.js';

export interface JournalWriterOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `normal`: an entry counts as written when the system has it. `full`: when the disk has it; many entries share one fdatasync. */
  readonly sync: 'normal' | 'full';
  /** Takes the entries of a turn, written or not. */
  readonly handOver: (entries: readonly PendingEntry[]) => void;
  /** Entries handed over that neither the journal nor the database has. */
  readonly unwritten: () => readonly PendingEntry[];
}

/** How long a failing journal is left alone, ms. */
const retryMs = 1000;

/**
 * Collects the entries of one turn of the event loop and writes them with one synchronous call at its end; an entry nobody will join is
 * written as soon as its caller has returned, because another turn of the loop would cost more than the call. A failing journal
 * stops nobody: the callbacks are called, the failure is logged once, and the write is tried again with later entries.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #turn: PendingEntry[] = [];
  #written: (() => void)[] = [];
  #scheduled = false;
  #failedAt: number | undefined;
  #unjournaled = 0;
  #waitingForDisk: (() => void)[] = [];
  #syncing: Promise<void> | undefined;
  readonly #writeTurn = (): void => this.write();

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  get state(): 'ok' | 'degraded' {
    return this.#failedAt === undefined ? 'ok' : 'degraded';
  }

  /** Entries that were acknowledged without being in the journal. */
  get unjournaled(): number {
    return this.#unjournaled;
  }

  /** Entries of the running turn. */
  get turn(): readonly PendingEntry[] {
    return this.#turn;
  }

  /** Takes an entry; `alone` says that hardly anybody else is at work, so that no other entry is to be expected in this turn. */
  add(entry: PendingEntry, alone: boolean, written: () => void): void {
    this.#turn.push(entry);
    this.#written.push(written);
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (alone) process.nextTick(this.#writeTurn);
    else setImmediate(this.#writeTurn);
  }

  /** Writes what the turn has so far. */
  write(): void {
    this.#scheduled = false;
    if (this.#turn.length === 0) return;
    const entries = this.#turn;
    const callbacks = this.#written;
    this.#turn = [];
    this.#written = [];
    const onDisk = this.#append(entries);
    this.#options.handOver(entries);
    if (onDisk && this.#options.sync === 'full') this.#whenOnDisk(callbacks);
    else this.#call(callbacks);
  }

  /** Empties the files the database has completely. */
  empty(always: boolean): void {
    try {
      this.#options.journal.empty(always);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when no entry waits for the disk. */
  async settled(): Promise<void> {
    while (this.#syncing !== undefined) await this.#syncing;
  }

  #append(entries: readonly PendingEntry[]): boolean {
    const { journal, clock, logger } = this.#options;
    const repairing = this.#failedAt !== undefined;
    if (this.#failedAt !== undefined && clock.monotonic() - this.#failedAt < retryMs) return this.#skip(entries);
    try {
      if (repairing) {
        journal.reopen();
        const backlog = this.#options.unwritten();
        if (backlog.length > 0) journal.append(backlog);
      }
      journal.append(entries);
    } catch (error) {
      this.#fail(error);
      return this.#skip(entries);
    }
    if (repairing) {
      this.#failedAt = undefined;
      logger.info({}, 'ledger journal is written again');
    }
    return true;
  }

  #skip(entries: readonly PendingEntry[]): false {
    this.#unjournaled += entries.length;
    return false;
  }

  #fail(error: unknown): void {
    const { clock, logger } = this.#options;
    if (this.#failedAt === undefined) {
      logger.error({ error: String(error) }, 'ledger journal cannot be written; requests go on, a crash may lose their rows');
    }
    this.#failedAt = clock.monotonic();
  }

  /** Group commit: whoever arrives while the disk is busy shares the next fdatasync. */
  #whenOnDisk(callbacks: readonly (() => void)[]): void {
    this.#waitingForDisk.push(...callbacks);
    this.#syncing ??= this.#sync();
  }

  async #sync(): Promise<void> {
    while (this.#waitingForDisk.length > 0) {
      const callbacks = this.#waitingForDisk;
      this.#waitingForDisk = [];
      try {
        await this.#options.journal.sync();
      } catch (error) {
        this.#fail(error);
      }
      this.#call(callbacks);
    }
    // In the same breath as the last look at who waits: nobody falls between.
    this.#syncing = undefined;
  }

  #call(callbacks: readonly (() => void)[]): void {
    for (const callback of callbacks) {
      try {
        callback();
      } catch (error) {
        this.#options.logger.error({ error: String(error) }, 'a callback of the ledger failed');
      }
    }
  }
}
