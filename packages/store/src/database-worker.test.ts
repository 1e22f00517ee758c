import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseWorker, openDatabaseWorker, type OpenDatabaseWorkerOptions } from './database-worker.js';
import { openDatabase } from './open-database.js';
import { startDatabaseThread } from './start-database-thread.js';
import type { ThreadData } from './thread-protocol.js';

const migrations = [{ owner: 'sample', version: 1, sql: 'CREATE TABLE sample (id INTEGER PRIMARY KEY, text TEXT NOT NULL)' }];
const insert = 'INSERT INTO sample (id, text) VALUES (?, ?)';

let dir = '';
let file = '';
let logged: string[] = [];
let opened: DatabaseWorker[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-worker-'));
  file = join(dir, 'ccproxy.db');
  logged = [];
  opened = [];
});
afterEach(async () => {
  for (const database of opened) await database.close();
  await rm(dir, { recursive: true, force: true });
});

async function open(changes: Partial<OpenDatabaseWorkerOptions> = {}): Promise<DatabaseWorker> {
  const logger = { ...silentLogger, error: (_: object, message: string) => void logged.push(message) };
  const database = await openDatabaseWorker({ file, clock: systemClock, logger, migrations, ...changes });
  opened.push(database);
  return database;
}

describe('openDatabaseWorker', () => {
  it('applies batches in order, rows as values or as JSON text, and reads them back', async () => {
    const database = await open();
    const applied = database.apply([
      {
        sql: insert,
        rows: [
          [1, 'a'],
          [2, 'b'],
        ],
      },
      { sql: insert, rowsJson: '[[3,"c"],[4,"\\u0000ü😀"]]' },
      { sql: 'UPDATE sample SET text = ? WHERE id > ?', rows: [['z', 3]] },
    ]);
    const read = database.all('SELECT id, text FROM sample WHERE id <> ? ORDER BY id', [2]);
    expect(await applied).toBe(5);
    expect(await read).toEqual([
      { id: 1, text: 'a' },
      { id: 3, text: 'c' },
      { id: 4, text: 'z' },
    ]);
    expect(database.health()).toEqual({ state: 'ok', pending: 0, lastError: undefined, notice: undefined });
  });

  it('keeps all of a batch or nothing, and a wrong statement says nothing about the database', async () => {
    const database = await open();
    await expect(
      database.apply([
        {
          sql: insert,
          rows: [
            [1, 'a'],
            [1, 'b'],
          ],
        },
      ]),
    ).rejects.toMatchObject({ code: 'CCP_STORE_UNAVAILABLE' });
    await expect(
      database.apply([
        { sql: insert, rows: [[1, 'a']] },
        { sql: 'nonsense', rows: [[]] },
      ]),
    ).rejects.toThrow('nonsense');
    await expect(database.apply([{ sql: insert, rowsJson: '[[1,' }])).rejects.toThrow('JSON');
    expect(await database.all('SELECT * FROM sample')).toEqual([]);
    expect(database.health().state).toBe('ok');
  });

  it('refuses more than it may hold, and goes on when there is room', async () => {
    const database = await open({ maxPending: 3 });
    const accepted = [1, 2, 3].map((id) => database.apply([{ sql: insert, rows: [[id, 'x']] }]));
    await expect(database.all('SELECT 1')).rejects.toMatchObject({ code: 'CCP_STORE_BUSY', retryable: true });
    await Promise.all(accepted);
    expect(await database.all('SELECT count(*) AS rows FROM sample')).toEqual([{ rows: 3 }]);
  });

  it('bounds the bytes that wait, but takes one batch of any size', async () => {
    const database = await open({ maxPendingBytes: 1000 });
    const large = database.apply([{ sql: insert, rowsJson: JSON.stringify([[1, 'x'.repeat(5000)]]) }]);
    await expect(database.apply([{ sql: insert, rowsJson: '[[2,"x"]]' }])).rejects.toMatchObject({ code: 'CCP_STORE_BUSY' });
    await large;
    await database.apply([{ sql: insert, rowsJson: '[[2,"x"]]' }]);
  });

  it('checkpoints: the write-ahead log is empty afterwards', async () => {
    const database = await open();
    await database.apply([{ sql: insert, rows: [[1, 'a']] }]);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    await database.checkpoint();
    expect(statSync(`${file}-wal`).size).toBe(0);
  });

  it('finishes what waits when it is closed, and refuses what comes later', async () => {
    const database = await open({ sync: 'full' });
    const applied = database.apply([{ sql: insert, rows: [[1, 'a']] }]);
    await Promise.all([database.close(), database.close()]);
    expect(await applied).toBe(1);
    await expect(database.all('SELECT 1')).rejects.toMatchObject({ code: 'CCP_STORE_UNAVAILABLE' });
    const again = await openDatabase({ file, clock: systemClock, logger: silentLogger, migrations });
    expect(again.sqlite.prepare('SELECT id FROM sample').all()).toEqual([{ id: 1 }]);
    again.close();
  });

  it('is degraded while the file cannot be opened, and recovers', async () => {
    const database = await open();
    renameSync(file, `${file}.away`);
    await expect(database.all('SELECT 1')).rejects.toMatchObject({ code: 'CCP_STORE_UNAVAILABLE' });
    expect(database.health()).toMatchObject({ state: 'degraded', lastError: { code: 'CCP_STORE_UNAVAILABLE' } });
    renameSync(`${file}.away`, file);
    expect(await database.all('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(database.health().state).toBe('ok');
  });

  it('waits in its thread for another writer, and the event loop goes on meanwhile', async () => {
    const database = await open();
    const other = await openDatabase({ file, clock: systemClock, logger: silentLogger, migrations });
    other.sqlite.exec('BEGIN IMMEDIATE');
    let settled = false;
    const applied = database.apply([{ sql: insert, rows: [[1, 'a']] }]).finally(() => {
      settled = true;
    });
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(settled).toBe(false);
    other.sqlite.exec('COMMIT');
    expect(await applied).toBe(1);
    other.close();
  });

  it('a database found damaged in use is set aside and replaced; the call that found it may be repeated', async () => {
    const before = await open();
    await before.apply([{ sql: insert, rowsJson: JSON.stringify(Array.from({ length: 2000 }, (_, id) => [id, 'x'.repeat(1000)])) }]);
    await before.close();
    const database = await open();
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(500_000, 0xa5), 0, 500_000, 100_000);
    closeSync(fd);
    await expect(database.all('SELECT sum(length(text)) FROM sample')).rejects.toMatchObject({
      code: 'CCP_STORE_CORRUPT',
      retryable: true,
    });
    await database.apply([{ sql: insert, rows: [[1, 'fresh']] }]);
    expect(await database.all('SELECT * FROM sample')).toEqual([{ id: 1, text: 'fresh' }]);
    expect(database.health()).toMatchObject({ state: 'ok', notice: { code: 'CCP_STORE_CORRUPT' } });
    expect(logged).toEqual(['damaged database replaced by a fresh one']);
  });

  it('a thread that dies takes only what it was doing with it', async () => {
    const threads: Worker[] = [];
    const startThread = (data: ThreadData): Worker => {
      const thread = startDatabaseThread(data);
      threads.push(thread);
      return thread;
    };
    const database = await open({ startThread });
    await database.apply([{ sql: insert, rows: [[1, 'kept']] }]);
    const slow = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n';
    const [cut] = await Promise.allSettled([database.all(slow), threads[0]?.terminate()]);
    expect(cut).toMatchObject({ status: 'rejected', reason: { code: 'CCP_STORE_UNAVAILABLE' } });
    expect(database.health()).toMatchObject({ state: 'degraded', pending: 0 });
    expect(logged).toEqual(['database thread died']);
    expect(await database.all('SELECT * FROM sample')).toEqual([{ id: 1, text: 'kept' }]);
    expect(database.health().state).toBe('ok');
    expect(threads).toHaveLength(2);
  });

  it('writes little on the event loop, starts a thread for much, and lets it go when it rests', async () => {
    const threads: Worker[] = [];
    const startThread = (data: ThreadData): Worker => {
      const thread = startDatabaseThread(data);
      threads.push(thread);
      return thread;
    };
    const database = await open({ startThread, smallBatch: 1000, threadRestMs: 20 });
    await database.apply([{ sql: insert, rowsJson: '[[1,"a"]]' }]);
    expect(await database.first('SELECT text FROM sample WHERE id = ?', [1])).toEqual({ text: 'a' });
    expect(await database.first('SELECT text FROM sample WHERE id = ?', [2])).toBeUndefined();
    await expect(database.apply([{ sql: insert, rowsJson: '[[1,"twice"]]' }])).rejects.toMatchObject({ code: 'CCP_STORE_UNAVAILABLE' });
    expect(threads).toEqual([]);

    await database.apply([{ sql: insert, rowsJson: JSON.stringify([[2, 'x'.repeat(1000)]]) }]);
    await database.apply([{ sql: insert, rowsJson: '[[3,"after"]]' }]);
    expect(threads).toHaveLength(1);
    await once(threads[0] ?? process, 'exit');
    await database.apply([{ sql: insert, rowsJson: '[[4,"here again"]]' }]);
    await database.apply([{ sql: 'DELETE FROM sample WHERE id = ?', rows: [[4]] }], { long: true });
    expect(threads).toHaveLength(2);
    expect(await database.all('SELECT id FROM sample ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(logged).toEqual([]);
  });

  it('leaves waiting for another writer to a thread, also for little', async () => {
    const database = await open({ smallBatch: 1000 });
    const other = await openDatabase({ file, clock: systemClock, logger: silentLogger, migrations });
    other.sqlite.exec('BEGIN IMMEDIATE');
    const applied = database.apply([{ sql: insert, rows: [[1, 'a']] }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    other.sqlite.exec('COMMIT');
    expect(await applied).toBe(1);
    other.close();
  });

  it('moves the write-ahead log into the file by a thread, before it grows without bound', async () => {
    const database = await open({ smallBatch: 300_000 });
    const text = 'x'.repeat(100_000);
    for (let id = 0; id < 64; id++) await database.apply([{ sql: insert, rowsJson: JSON.stringify([[id, text]]) }]);
    await expect.poll(() => statSync(`${file}-wal`).size, { timeout: 20_000 }).toBe(0);
  });

  it('replaces a damaged database that little work found', async () => {
    const before = await open();
    await before.apply([{ sql: insert, rowsJson: JSON.stringify(Array.from({ length: 2000 }, (_, id) => [id, 'x'.repeat(1000)])) }]);
    await before.close();
    const database = await open({ smallBatch: 1000 });
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(500_000, 0xa5), 0, 500_000, 100_000);
    closeSync(fd);
    await expect(database.first('SELECT sum(length(text)) FROM sample')).rejects.toMatchObject({ code: 'CCP_STORE_CORRUPT' });
    await database.apply([{ sql: insert, rows: [[1, 'fresh']] }]);
    expect(await database.first('SELECT * FROM sample')).toEqual({ id: 1, text: 'fresh' });
  });

  it('a query that returns too much fails instead of filling the memory', async () => {
    const database = await open();
    const many = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
    await expect(database.all(many)).rejects.toThrow('more than 100000 rows');
    await expect(database.all("INSERT INTO sample VALUES (1, 'x')")).rejects.toThrow('returns rows');
    await database.apply([{ sql: insert, rows: [[1, 'a']] }]);
  });

  it('lets the process end while it is idle, and not while it works', async () => {
    const code = `const { openDatabaseWorker } = await import(process.argv[1]);
      const clock = { now: () => 0, monotonic: () => 0, setTimeout: () => ({ clear() {} }) };
      const database = await openDatabaseWorker({ file: process.argv[2], clock, logger: {}, migrations: [] });
      await database.all('SELECT 1');
      database.apply([{ sql: 'CREATE TABLE late (x)', rows: [[]] }]).then(() => process.stdout.write('done'));`;
    const hooks = `data:text/javascript,import { registerHooks } from 'node:module'; import { existsSync } from 'node:fs';
      registerHooks({ resolve(name, context, next) {
        const source = name.startsWith('.') && new URL(name.replace(/\\.js$/, '.ts'), context.parentURL);
        return source && existsSync(source) ? next(source.href, context) : next(name, context); } });`;
    const args = ['--conditions=@ccproxy/source', '--import', hooks, '--input-type=module', '-e', code];
    const { stdout } = await promisify(execFile)(process.execPath, [...args, new URL('./database-worker.ts', import.meta.url).href, file], {
      timeout: 20_000,
      env: { NODE_NO_WARNINGS: '1' },
    });
    expect(stdout).toBe('done');
  });
});
