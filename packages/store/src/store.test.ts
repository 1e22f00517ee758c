import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@ccproxy/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.js';
import { openSqliteStore } from './sqlite-store.js';
import { storeContract } from './testing/store-contract.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-store-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('createMemoryStore', () => {
  it.for(storeContract.map((each) => [each.name, each] as const))('%s', async ([, each]) => {
    await expect(each.run(async (clock) => createMemoryStore({ clock }))).resolves.toBeUndefined();
  });
});

describe('openSqliteStore', () => {
  it.for(storeContract.map((each, index) => [each.name, each, index] as const))('%s', async ([, each, index]) => {
    const file = join(dir, `contract-${index}.db`);
    await expect(each.run((clock) => openSqliteStore({ file, clock, logger: silentLogger }))).resolves.toBeUndefined();
  });
});
