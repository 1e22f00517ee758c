import type { Clock } from '@ccproxy/kernel';
import { closeAttempt, type CloseEntry, openAttempt, type OpenEntry, type LedgerTable, type StoredAttempt } from '@ccproxy/store';
import type { DatabaseFeed } from './database-feed.js';
import type { EntryKind } from './journal-line.js';
import type { JournalWriter } from './journal-writer.js';
import type { Journal, PendingEntry } from './journal.js';
import type { Ledger, LedgerClose, LedgerOpen, LedgerRow, LedgerTotals } from './ledger.js';
import { closeEntry, entryId, openEntry, type Redact } from './ledger-entry.js';
import { ledgerRow } from './ledger-row.js';

export interface LedgerHealth {
  /** `degraded`: requests go on, but a crash may lose their rows. */
  readonly journal: 'ok' | 'degraded';
  /** `degraded`: entries wait in memory and journal. */
  readonly database: 'ok' | 'degraded';
  readonly journalBytes: number;
  /** Entries in memory that are not in the database, and entries that only the journal has. */
  readonly pending: number;
  readonly spilled: number;
  /** Entries acknowledged without being in the journal; a crash before they reached the database would have lost them. */
  readonly unjournaledWrites: number;
  /** Entries that could be kept nowhere. */
  readonly lostWrites: number;
  /** Closes of attempts that are not open, opens of attempts that are, entries after the end. */
  readonly ignored: number;
  /** Attempts of earlier processes that were found open at the start. */
  readonly markedLost: number;
}

/** A ledger that can say how it is. */
export interface DurableLedger extends Ledger {
  health(): LedgerHealth;
}

export interface LedgerParts {
  readonly journal: Journal;
  readonly writer: JournalWriter;
  readonly feed: DatabaseFeed;
  readonly table: LedgerTable;
  readonly clock: Clock;
  readonly redact: Redact;
  /** Gives up the directory. */
  readonly release: () => void;
}

/** Attempts that are never closed are forgotten beyond this many; they end as `lost` at the next start. */
const maxOpen = 100_000;

/** Up to this many attempts at once an entry hardly ever shares its turn with another one (measured: sharing pays from about four on). */
const fewOpen = 3;

/** The ledger: what is said is counted at once, written to the journal at the end of the turn, and stored later. */
export class JournaledLedger implements DurableLedger {
  readonly #parts: LedgerParts;
  /** Start of each open attempt on the monotonic clock. */
  readonly #open = new Map<string, number>();
  #attempts = 0;
  #closed = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #ignored = 0;
  #seq = 0;
  #stopped: Promise<void> | undefined;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  open(row: LedgerOpen, written: () => void): void {
    const { clock, redact } = this.#parts;
    const id = entryId(row.id);
    if (this.#open.has(id) || this.#stopped !== undefined) return this.#ignore(written);
    this.#open.set(id, clock.monotonic());
    this.#forgetOldest();
    this.#attempts += 1;
    this.#add('o', JSON.stringify(openEntry(row, clock.now(), redact)), written);
  }

  close(id: string, row: LedgerClose, written: () => void): void {
    const key = entryId(id);
    const startedAt = this.#open.get(key);
    if (startedAt === undefined || this.#stopped !== undefined) return this.#ignore(written);
    this.#open.delete(key);
    const { clock, redact } = this.#parts;
    const entry = closeEntry(id, row, clock.monotonic() - startedAt, redact);
    this.#closed += 1;
    this.#inputTokens += entry[5] ?? 0;
    this.#outputTokens += entry[6] ?? 0;
    this.#add('c', JSON.stringify(entry), written);
  }

  async recent(limit: number): Promise<LedgerRow[]> {
    const { feed, writer, table } = this.#parts;
    // Taken before the query: what is stored meanwhile is then seen twice, never not at all.
    const waiting = [...feed.pending, ...writer.turn];
    // A database that fails is reported by health(); what memory has is better than nothing.
    const stored = await table.recent(limit).catch((): StoredAttempt[] => []);
    const rows = new Map(stored.toReversed().map((row) => [row.id, row]));
    for (const entry of waiting) overlay(rows, entry);
    const newest = limit > 0 ? [...rows.values()].slice(-limit) : [];
    return newest.toReversed().map(ledgerRow);
  }

  totals(): LedgerTotals {
    const { base } = this.#parts.feed;
    return {
      attempts: base.attempts + this.#attempts,
      open: base.open + this.#attempts - this.#closed,
      inputTokens: base.inputTokens + this.#inputTokens,
      outputTokens: base.outputTokens + this.#outputTokens,
    };
  }

  health(): LedgerHealth {
    const { journal, writer, feed } = this.#parts;
    return {
      journal: writer.state,
      database: feed.state,
      journalBytes: journal.bytes,
      pending: feed.pending.length + writer.turn.length,
      spilled: journal.spilled,
      unjournaledWrites: writer.unjournaled,
      lostWrites: feed.lost,
      ignored: this.#ignored,
      markedLost: feed.markedLost,
    };
  }

  async flush(): Promise<void> {
    this.#parts.writer.write();
    await this.#parts.feed.flush(this.#seq);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { writer, feed, journal, release } = this.#parts;
    // A callback may hand in another entry.
    while (writer.turn.length > 0) writer.write();
    await writer.settled();
    // What the database does not take now is in the journal and is replayed at the next start.
    await feed.flush(this.#seq).then(
      () => writer.empty(true),
      () => {},
    );
    feed.stop();
    journal.close();
    release();
  }

  #add(kind: EntryKind, json: string, written: () => void): void {
    this.#seq += 1;
    this.#parts.writer.add({ seq: this.#seq, kind, json, file: undefined }, this.#open.size <= fewOpen, written);
  }

  #ignore(written: () => void): void {
    this.#ignored += 1;
    setImmediate(written);
  }

  #forgetOldest(): void {
    if (this.#open.size <= maxOpen) return;
    for (const id of this.#open.keys()) {
      this.#open.delete(id);
      return;
    }
  }
}

/** Applies an entry to rows read back, as the database will; a close whose attempt is not among the rows is none of theirs. */
function overlay(rows: Map<string, StoredAttempt>, { kind, json }: PendingEntry): void {
  if (kind === 'o') {
    const row = openAttempt(JSON.parse(json) as OpenEntry);
    if (!rows.has(row.id)) rows.set(row.id, row);
    return;
  }
  const entry = JSON.parse(json) as CloseEntry;
  const row = rows.get(entry[0]);
  if (row !== undefined) rows.set(row.id, closeAttempt(row, entry));
}
