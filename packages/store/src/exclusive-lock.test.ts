import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdExclusiveLock } from './exclusive-lock.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('is held by one at a time and free after release', async () => {
  const file = join(dir, 'new', 'some.lock');
  const first = await holdExclusiveLock(file);
  await expect(holdExclusiveLock(file)).rejects.toMatchObject({ code: 'CCP_STORE_LOCKED', where: { file } });
  const other = await holdExclusiveLock(join(dir, 'other.lock'));
  first.release();
  first.release();
  const second = await holdExclusiveLock(file);
  second.release();
  other.release();
});

it('of many at once exactly one gets it', async () => {
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => holdExclusiveLock(join(dir, 'some.lock'))));
  const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(held).toHaveLength(1);
  for (const lock of held) lock.release();
});

it('a file that cannot be a lock is a coded error', async () => {
  await writeFile(join(dir, 'some.lock'), 'something else, '.repeat(100));
  await expect(holdExclusiveLock(join(dir, 'some.lock'))).rejects.toMatchObject({ code: 'CCP_STORE_CORRUPT' });
});
