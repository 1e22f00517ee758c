import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { acquireLock, adoptLock } from './file-lock.js';
import { currentProcessIdentity } from './process-identity.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const gone = { pid: 4_000_000, startTicks: 1, bootId: 'an-earlier-boot', nonce: 'dead' };

/**
 * A process that runs the sources: takes the lock `rounds` times, proves by an exclusive file that it is alone, and leaves the last time by
 * kill -9 with the lock in hand.
 */
const contender = `
import { registerHooks } from 'node:module';
import { appendFileSync, openSync, closeSync, unlinkSync } from 'node:fs';
registerHooks({ resolve: (name, context, next) => next(name.startsWith('./') && name.endsWith('.js') ? name.slice(0, -2) + 'ts' : name, context) });
const [source, lock, inside, journal, rounds] = process.argv.slice(1);
const { acquireLock } = await import(source + '/file-lock.ts');
const { systemClock } = await import(source + '/clock.ts');
for (let round = 1; round <= Number(rounds); round++) {
  const held = await acquireLock(lock, { clock: systemClock, waitMs: 60_000, pollMs: 4 });
  try { closeSync(openSync(inside, 'wx')); } catch { appendFileSync(journal, 'VIOLATION\\n'); }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  appendFileSync(journal, process.pid + '\\n');
  unlinkSync(inside);
  if (round === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  await held.release();
}
`;

function runContender(dir: string, rounds: number): Promise<string> {
  const source = fileURLToPath(new URL('.', import.meta.url));
  const args = [source.replace(/\/$/, ''), path.join(dir, 'lock'), path.join(dir, 'inside'), path.join(dir, 'journal'), String(rounds)];
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', contender, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve) => child.on('close', () => resolve(complaint)));
}

describe('acquireLock', () => {
  let dir = '';
  let file = '';
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-lock-'));
    file = path.join(dir, 'lock');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const take = (waitMs = 0) => acquireLock(path.relative('.', file), { clock: systemClock, waitMs, pollMs: 2 });

  it('[A2] writes who holds it, only for the owner to read, and leaves nothing behind', async () => {
    const lock = await take();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject(currentProcessIdentity());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await lock.release();
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('[A2] names the live owner to the second taker, also within one process', async () => {
    const lock = await take();
    await expect(take()).rejects.toMatchObject({
      code: 'CCP_LOCK_HELD',
      details: { pid: process.pid },
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await expect(take(30)).rejects.toMatchObject({ code: 'CCP_LOCK_HELD' });
    const waiting = take(10_000);
    await lock.release();
    await (await waiting).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it.each([
    ['a process of an earlier boot', JSON.stringify(gone)],
    ['a pid that is another process now', JSON.stringify({ ...currentProcessIdentity(), startTicks: 1, nonce: 'x' })],
    ['nothing: cut off before the first byte', ''],
    ['half a record', '{"pid":12,"star'],
    ['something else', '[1,2]'],
  ])('[A2][F1] takes over a lock left by %s', async (_, content) => {
    await writeFile(file, content);
    await (await take()).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('[F1] sweeps what dead contenders left and ignores foreign files', async () => {
    await writeFile(file, JSON.stringify(gone));
    await writeFile(`${file}.dead.taker`, JSON.stringify(gone));
    await writeFile(`${file}.torn.taker`, '');
    await writeFile(`${file}.dead.claim`, JSON.stringify(gone));
    await writeFile(`${file}.other`, 'kept');
    // Begun now, it may become complete; begun two minutes ago, its writer was killed.
    await writeFile(`${file}.begun.claim`, '');
    await writeFile(`${file}.torn.claim`, '');
    await utimes(`${file}.torn.claim`, new Date(), new Date(Date.now() - 120_000));
    await (await take(5000)).release();
    expect((await readdir(dir)).toSorted()).toEqual(['lock.begun.claim', 'lock.other']);
    await rm(`${file}.other`);
    await rm(`${file}.begun.claim`);
  });

  it('[A2] hands the lock to another live process, which adopts it', async () => {
    const lock = await take();
    const heir = { ...currentProcessIdentity(), pid: process.ppid, startTicks: 0 };
    await lock.handOver(heir);
    await lock.release();
    await expect(take()).rejects.toMatchObject({ code: 'CCP_LOCK_HELD', details: { pid: process.ppid } });
    expect(await adoptLock(file)).toBeUndefined();
    const adopted = await adoptLock(file, heir);
    await adopted?.release();
    expect(await readdir(dir)).toEqual([]);
    expect(await adoptLock(file, heir)).toBeUndefined();
  });

  it('[F1] notices that its file was removed from outside', async () => {
    const lock = await take();
    await rm(file);
    await expect(lock.handOver(currentProcessIdentity())).rejects.toMatchObject({ code: 'CCP_LOCK_LOST' });
    const other = await take();
    await lock.release();
    await expect(take()).rejects.toMatchObject({ code: 'CCP_LOCK_HELD' });
    await other.release();
  });

  it('[F1] says what to do when the directory is missing', async () => {
    await expect(acquireLock(path.join(dir, 'no', 'lock'), { clock: systemClock, waitMs: 0 })).rejects.toMatchObject({
      code: 'CCP_PATH_MISSING',
    });
  });

  it('[A2] lets one of many takers of a dead lock win, again and again', async () => {
    for (let round = 0; round < 15 * scale; round++) {
      await writeFile(file, round % 2 === 0 ? JSON.stringify(gone) : '');
      await utimes(file, 0, 0);
      let holders = 0;
      let most = 0;
      const all = Array.from({ length: 12 }, async () => {
        const lock = await take(20_000);
        most = Math.max(most, ++holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        await lock.release();
      });
      await Promise.all(all);
      expect(most).toBe(1);
    }
    expect(await readdir(dir)).toEqual([]);
  });

  it('[A2][F1] never has two holders among 20 processes, each of which dies by kill -9 holding it', async () => {
    for (let round = 0; round < scale; round++) {
      const own = await mkdtemp(path.join(dir, 'race-'));
      const complaints = await Promise.all(Array.from({ length: 20 }, () => runContender(own, 4)));
      expect(complaints.join('')).toBe('');
      const journal = (await readFile(path.join(own, 'journal'), 'utf8')).trim().split('\n');
      expect(journal.filter((line) => line === 'VIOLATION')).toEqual([]);
      expect(journal).toHaveLength(20 * 4);
      expect(new Set(journal).size).toBe(20);
    }
  }, 120_000);
});
