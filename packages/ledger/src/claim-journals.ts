import { existsSync, mkdirSync } from 'node:fs';
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

/** Processes that may write one ledger at a time: a daemon, and predecessors that still finish answers. */
const mostPlaces = 8;

const placeOf = (dir: string, n: number): string => (n === 0 ? dir : join(dir, n === 1 ? 'successor' : `successor-${n}`));

/**
 * Claims the journals of a data directory. There are several places, so that a successor can write while its predecessors drain; the first
 * free one is written. A further place is made only when those before it are taken; what was left in one is always claimed.
 * @throws CCP_LEDGER_IN_USE when all places are taken, CCP_LEDGER_JOURNAL
 */
export async function claimJournals(dir: string, limits: JournalLimits): Promise<ClaimedJournals> {
  const claimed: ClaimedJournal[] = [];
  let shared = false;
  try {
    for (let n = 0; n < mostPlaces; n += 1) {
      const place = placeOf(dir, n);
      if (claimed.length > 0 && !existsSync(place)) continue;
      const lock = await tryLock(join(place, 'ledger.lock'));
      if (lock === undefined) shared = true;
      else claimed.push(claim(place, lock, limits));
    }
  } catch (error) {
    for (const { journal, lock } of claimed) giveUp(journal, lock);
    throw error;
  }
  const [own, ...abandoned] = claimed;
  if (own === undefined)
    throw errors.CCP_LEDGER_IN_USE({ message: `the ledger in ${dir} is written by other processes`, where: { file: dir } });
  return { own, abandoned, shared };
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
