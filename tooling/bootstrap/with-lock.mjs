import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './say.mjs';

const waitMs = 250;
const maxWaitMs = 15 * 60_000;

/** Runs `work` while no other process of this machine runs work under the same lock file. A dead owner's lock is taken over. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const deadline = Date.now() + maxWaitMs;
  let told = false;
  while (!tryLock(file)) {
    const owner = readOwner(file);
    if (owner !== undefined && !isAlive(owner)) {
      breakLock(file, owner);
      continue;
    }
    if (!told) say(`waiting for another run in this checkout (process ${owner ?? 'unknown'}) to finish its installation or build`);
    told = true;
    if (Date.now() > deadline)
      throw new Error(`Process ${owner} has held ${file} for 15 minutes: end it, or delete that file if it is not ours.`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** undefined while the file is being written or has just gone. */
function readOwner(file) {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Renaming lets one of several waiters win; the winner checks that it removed the dead owner's file and not a successor's. */
function breakLock(file, deadOwner) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readOwner(aside) === deadOwner) rmSync(aside, { force: true });
  else renameSync(aside, file);
}
