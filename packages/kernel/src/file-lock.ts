import { randomBytes } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { link, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asCcproxyError } from './as-ccproxy-error.js';
import type { CcproxyError } from './ccproxy-error.js';
import type { Clock } from './clock.js';
import { errnoHint, errnoOf } from './errno-error.js';
import { errors } from './errors.js';
import { type LockRecord, parseLockRecord } from './lock-record.js';
import { currentProcessIdentity, isAlive, type ProcessIdentity } from './process-identity.js';
import { writeFileAtomic } from './write-file-atomic.js';

/** A claim that is not complete after this time, ms, is that of a writer that was killed: it takes one call of the system. */
const unfinishedMs = 60_000;

/** A lock this process holds. */
export interface FileLock {
  readonly file: string;
  readonly owner: ProcessIdentity;
  /** Gives the lock back; again, or after a hand-over, it does nothing. */
  release(): Promise<void>;
  /** Makes another live process the owner in one step; that process takes it with `adoptLock`. */
  handOver(identity: ProcessIdentity): Promise<void>;
}

export interface AcquireLockOptions {
  readonly clock: Clock;
  /** How long to wait for another owner, ms; 0 = try once. */
  readonly waitMs: number;
  /** How often to look, ms; 50. */
  readonly pollMs?: number;
  readonly owner?: ProcessIdentity;
}

/**
 * Takes the inter-process lock `lockFile`, whose directory must exist and be private. The lock is a file that appears by `link`, complete from
 * the start, with the owner's identity. A lock whose owner is gone (kill -9, reboot, its pid now another process), or that holds no
 * readable record, is taken over; of any number of takers exactly one gets it.
 * @throws CCP_LOCK_HELD naming the owner's pid; CCP_DISK_FULL, CCP_PERMISSION_DENIED, CCP_READ_ONLY, CCP_PATH_MISSING
 */
export async function acquireLock(lockFile: string, options: AcquireLockOptions): Promise<FileLock> {
  const file = path.resolve(lockFile);
  const { clock, waitMs, pollMs = 50, owner = currentProcessIdentity() } = options;
  const record: LockRecord = { pid: owner.pid, startTicks: owner.startTicks, bootId: owner.bootId, nonce: randomBytes(9).toString('hex') };
  const claim = `${file}.${record.nonce}.claim`;
  const end = clock.monotonic() + waitMs;
  try {
    await writeFile(claim, JSON.stringify(record), { flag: 'wx', mode: 0o600 });
    for (;;) {
      if (await tryToTake(file, claim, clock)) return heldLock(file, record);
      const left = end - clock.monotonic();
      if (left <= 0) throw await lockHeld(file);
      await sleep(clock, Math.min(left, pollMs * (0.5 + Math.random())));
    }
  } catch (error) {
    throw errnoHint(error, { action: 'take the lock', file }) ?? asCcproxyError(error);
  } finally {
    await rm(claim, { force: true });
  }
}

/** The lock that was handed over to this process; undefined when `file` names another owner or nobody. */
export async function adoptLock(file: string, owner: ProcessIdentity = currentProcessIdentity()): Promise<FileLock | undefined> {
  const record = await readRecord(file);
  if (typeof record === 'string' || record.pid !== owner.pid || record.startTicks !== owner.startTicks) return undefined;
  return heldLock(file, record);
}

/**
 * Removes what contenders for the lock left that were killed while they waited. Whoever takes a lock over does so too; this is for a lock that is
 * always released in order.
 */
export async function removeDeadClaims(lockFile: string): Promise<void> {
  await sweep(path.resolve(lockFile), '.claim');
}

async function tryToTake(file: string, claim: string, clock: Clock): Promise<boolean> {
  if (tryLink(claim, file)) return true;
  const owner = await readRecord(file);
  if (owner === 'absent') return tryLink(claim, file);
  return isLive(owner) ? false : takeOver(file, claim, clock);
}

/**
 * Replaces a dead owner. Removing its file must not hit the lock of a faster taker, so only one may be at it: a taker announces itself by a
 * file of its own, then looks for announcements of others, and goes on only when it is alone. Of two, the later announcement is seen by the
 * later look, so never both go on. Whoever sees another before announcing, or one with a smaller name afterwards, steps back: the smallest
 * is soon alone.
 */
async function takeOver(file: string, claim: string, clock: Clock): Promise<boolean> {
  if ((await otherTakers(file, '')).length > 0) return false;
  // A fresh name each time: one that was seen gone or dead never comes back, so that sweeping cannot hit a live one.
  const announcement = `${file}.${randomBytes(9).toString('hex')}.taker`;
  await link(claim, announcement);
  try {
    for (let others = await otherTakers(file, announcement); others.length > 0; others = await otherTakers(file, announcement)) {
      if (others.some((other) => other < announcement)) return false;
      await sleep(clock, 1);
    }
    const owner = await readRecord(file);
    if (isLive(owner)) return false;
    await sweep(file, '.claim');
    // Synchronous, as every change of the lock: a thread of a killed process may end its system call after the process is seen dead.
    // Only a dead owner's file is removed, which nobody else touches now. Where there is none, one may appear at any moment.
    if (owner !== 'absent') rmSync(file, { force: true });
    return tryLink(claim, file);
  } finally {
    await unlink(announcement);
  }
}

/** The announcements of live takers but our own. */
async function otherTakers(file: string, own: string): Promise<string[]> {
  return (await sweep(file, '.taker')).filter((name) => name !== own);
}

/** The contenders' files of one kind whose process lives; those of dead ones are removed. */
async function sweep(file: string, kind: '.taker' | '.claim'): Promise<string[]> {
  const dir = path.dirname(file);
  const names = (await readdir(dir)).filter((name) => name.startsWith(`${path.basename(file)}.`) && name.endsWith(kind));
  const live: string[] = [];
  for (const name of names.map((other) => path.join(dir, other))) {
    const record = await readRecord(name);
    if (isLive(record)) live.push(name);
    // An unreadable claim may be one that is just being written; a taker is a link to a complete file.
    else if (record !== 'unreadable' || kind === '.taker' || (await isOld(name))) await rm(name, { force: true });
  }
  return live;
}

async function isOld(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > unfinishedMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readRecord(file: string): Promise<LockRecord | 'unreadable' | 'absent'> {
  try {
    return parseLockRecord(await readFile(file, 'utf8')) ?? 'unreadable';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent';
    throw error;
  }
}

function isLive(record: LockRecord | 'unreadable' | 'absent'): boolean {
  return typeof record === 'object' && isAlive(record);
}

function heldLock(file: string, record: LockRecord): FileLock {
  let mine = true;
  const stillOurs = async () => {
    const found = await readRecord(file);
    return typeof found === 'object' && found.nonce === record.nonce;
  };
  return {
    file,
    owner: { pid: record.pid, startTicks: record.startTicks, bootId: record.bootId },
    async release() {
      if (mine && (await stillOurs())) rmSync(file, { force: true });
      mine = false;
    },
    async handOver(identity) {
      if (!mine || !(await stillOurs()))
        throw errors.CCP_LOCK_LOST({ message: `the lock ${file} is not held by this process any more`, where: { file } });
      await writeFileAtomic(file, JSON.stringify({ ...identity, nonce: record.nonce }));
      mine = false;
    },
  };
}

async function lockHeld(file: string): Promise<CcproxyError> {
  const owner = await readRecord(file);
  const known = typeof owner === 'object' ? owner : undefined;
  const who = known === undefined ? 'another process' : `process ${known.pid}`;
  const details = known === undefined ? {} : { details: { pid: known.pid } };
  return errors.CCP_LOCK_HELD({ message: `the lock ${file} is held by ${who}`, where: { file }, ...details });
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}
