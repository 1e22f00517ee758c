import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CcproxyError } from '@ccproxy/kernel';
import { type ExclusiveLock, holdExclusiveLock } from '@ccproxy/store';
import { errors } from './errors.js';
import { Journal, type JournalLimits, type JournalSnapshot } from './journal.js';

/** A journal this process alone may write. */
export interface ClaimedJournal {
  readonly journal: Journal;
  readonly lock: ExclusiveLock;
  /** What an earlier process left in it. */
  readonly leftOver: JournalSnapshot;
  /** Empties it and gives it up: its entries are in the database. */
  discard(): void;
}

export interface ClaimedJournals {
  readonly own: ClaimedJournal;
  /** Journals of processes that are gone, to be taken over by the database. */
  readonly abandoned: readonly ClaimedJournal[];
  /** Another process still writes one: the predecessor that drains, or the successor that was not waited for. */
  readonly shared: boolean;
}

/**
 * Claims the journals of a data directory. There are two places, so that a successor can write while its predecessor drains; a process that
 * finds nobody has both and writes the first.
 * @throws CCP_LEDGER_IN_USE when both places are taken, CCP_LEDGER_JOURNAL
 */
export async function claimJournals(dir: string, limits: JournalLimits): Promise<ClaimedJournals> {
  const places = [dir, join(dir, 'successor')];
  const claimed: ClaimedJournal[] = [];
  try {
    for (const place of places) {
      const lock = await tryLock(join(place, 'ledger.lock'));
      if (lock !== undefined) claimed.push(claim(place, lock, limits));
    }
  } catch (error) {
    for (const { journal, lock } of claimed) giveUp(journal, lock);
    throw error;
  }
  const [own, ...abandoned] = claimed;
  if (own === undefined)
    throw errors.CCP_LEDGER_IN_USE({ message: `the ledger in ${dir} is written by other processes`, where: { file: dir } });
  return { own, abandoned, shared: claimed.length < places.length };
}

/** undefined when another process has it. */
async function tryLock(file: string): Promise<ExclusiveLock | undefined> {
  try {
    return await holdExclusiveLock(file);
  } catch (error) {
    if (CcproxyError.isInstance(error) && error.code === 'CCP_STORE_LOCKED') return undefined;
    throw error;
  }
}

function claim(dir: string, lock: ExclusiveLock, limits: JournalLimits): ClaimedJournal {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const journal = new Journal(dir, limits);
    const discard = (): void => {
      journal.empty(true);
      giveUp(journal, lock);
    };
    return { journal, lock, leftOver: journal.snapshot(), discard };
  } catch (cause) {
    lock.release();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw errors.CCP_LEDGER_JOURNAL({ message: `the journal in ${dir} cannot be read: ${reason}`, where: { file: dir }, cause });
  }
}

function giveUp(journal: Journal, lock: ExclusiveLock): void {
  journal.close();
  lock.release();
}
