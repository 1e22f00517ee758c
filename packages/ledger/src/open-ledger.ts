import type { Clock, Logger } from '@ccproxy/kernel';
import type { Store, SyncMode } from '@ccproxy/store';
import { claimJournals } from './claim-journals.js';
import { DatabaseFeed } from './database-feed.js';
import { JournalWriter } from './journal-writer.js';
import { type DurableLedger, JournaledLedger } from './journaled-ledger.js';

export interface OpenLedgerOptions {
  /** The data directory; holds `ledger-0.journal`, `ledger-1.journal`, `ledger.lock`, and the same in `successor/` and its like after a hand-over. */
  readonly dir: string;
  /** Where rows end up; stays open when the ledger stops. */
  readonly database: Pick<Store, 'ledger'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Replaces secrets in names a client chose: a model, a session. They stay as they are when absent. */
  readonly redact?: (text: string) => string;
  /** `normal` (default): what is acknowledged survives kill -9. `full`: a power failure too, if the store is opened with `full` as well. */
  readonly sync?: SyncMode;
  /**
   * How long entries are collected for one transaction at most, ms; 1000. The journal has them meanwhile, and `recent` and `totals` count
   * them: waking the database thread for every request would cost as much as the request.
   */
  readonly flushMs?: number;
  /** Entries kept in memory while the database takes none; 20 000. */
  readonly maxPending?: number;
  /** Rows kept in the database; 1 000 000, at least 10 000. The totals go on counting older ones. */
  readonly retainRows?: number;
  /** Size from which the journal's other file is written; 1 MiB. */
  readonly rotateBytes?: number;
  /** Size a journal file does not exceed while the database takes nothing; 16 MiB. */
  readonly maxJournalBytes?: number;
}

/** More rows than the journal may still hold of what the database has. */
const leastRows = 10_000;

/**
 * Opens the ledger of a data directory: replays what a crash left in the journal (nothing lost, nothing twice), closes rows
 * found open as `lost`, and reads the totals. A database that fails does not prevent the start: see `health()`.
 * Up to eight processes may share the directory while they take over from one another; each writes a journal of its own, and the rows
 * another still has open are left to it.
 * CCP_LEDGER_IN_USE when eight ledgers have the directory already, CCP_LEDGER_JOURNAL when a journal cannot be opened or read.
 */
export async function openLedger(options: OpenLedgerOptions): Promise<DurableLedger> {
  const { own, abandoned, shared } = await claimJournals(options.dir, {
    rotateBytes: options.rotateBytes ?? 1024 * 1024,
    maxBytes: options.maxJournalBytes ?? 16 * 1024 * 1024,
  });
  const { journal, lock } = own;
  const { clock, logger } = options;
  const table = options.database.ledger;
  const feed: DatabaseFeed = new DatabaseFeed({
    journal,
    leftOver: [...abandoned, own].map((each) => each.leftOver),
    alone: !shared,
    takenOver: () => {
      for (const each of abandoned) each.discard();
    },
    table,
    clock,
    logger,
    flushMs: options.flushMs ?? 1000,
    maxPending: options.maxPending ?? 20_000,
    retainRows: Math.max(options.retainRows ?? 1_000_000, leastRows),
    stored: () => writer.empty(false),
  });
  const writer = new JournalWriter({
    journal,
    clock,
    logger,
    sync: options.sync ?? 'normal',
    handOver: (entries) => feed.add(entries),
    unwritten: () => feed.pending.filter((entry) => entry.file === undefined),
  });
  // A failure is in the log and in health(), and is tried again: starting without the database is better than not starting.
  await feed.drain().catch(() => {});
  return new JournaledLedger({
    journal,
    writer,
    feed,
    table,
    clock,
    redact: options.redact ?? ((text) => text),
    release: () => lock.release(),
  });
}
