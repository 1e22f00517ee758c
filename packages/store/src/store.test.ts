import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@ccproxy/kernel';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createMemoryStore } from './memory-store.js';
import { openSqliteStore } from './sqlite-store.js';
import { storeContract } from './testing/store-contract.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-store-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('createMemoryStore', () => {
  it.for(storeContract.map((each) => [each.name, each] as const))('%s', ([, each]) =>
    each.run(async (clock) => createMemoryStore({ clock })),
  );
});

describe('openSqliteStore', () => {
  it.for(storeContract.map((each, index) => [each.name, each, index] as const))('%s', ([, each, index]) =>
    each.run((clock) => openSqliteStore({ file: join(dir, `contract-${index}.db`), clock, logger: silentLogger })),
  );
});
