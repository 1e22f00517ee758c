import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseThread } from './database-thread.js';
import { openDatabase } from './open-database.js';
import type { ThreadReply } from './thread-protocol.js';

let dir = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-thread-'));
  file = join(dir, 'ccproxy.db');
  const migrations = [{ owner: 'sample', version: 1, sql: 'CREATE TABLE sample (id INTEGER PRIMARY KEY, text TEXT)' }];
  (await openDatabase({ file, clock: systemClock, logger: silentLogger, migrations })).close();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const all = (thread: DatabaseThread, sql: string): ThreadReply => thread.answer({ id: 9, kind: 'all', sql, params: [] });

// The same class that runs in the worker thread, without the thread.
describe('DatabaseThread', () => {
  it('answers each request with its number and value', () => {
    const thread = new DatabaseThread({ file, sync: 'full' });
    expect(thread.answer({ id: 1, kind: 'open' })).toEqual({ id: 1, ok: true, value: undefined });
    const batch = [
      { sql: 'INSERT INTO sample VALUES (?, ?)', rowsJson: '[[1,"a"],[2,null]]' },
      { sql: 'UPDATE sample SET text = ? WHERE id = ?', rows: [['z', 2]] },
    ];
    expect(thread.answer({ id: 2, kind: 'apply', batch })).toEqual({ id: 2, ok: true, value: 3 });
    expect(thread.answer({ id: 3, kind: 'all', sql: 'SELECT text FROM sample WHERE id = ?', params: [2] })).toEqual({
      id: 3,
      ok: true,
      value: [{ text: 'z' }],
    });
    expect(all(thread, 'PRAGMA synchronous')).toMatchObject({ value: [{ synchronous: 2 }] });
    expect(thread.answer({ id: 4, kind: 'checkpoint' })).toMatchObject({ ok: true });
    expect(thread.answer({ id: 5, kind: 'close' })).toMatchObject({ ok: true });
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('opens again after a close', () => {
    const thread = new DatabaseThread({ file, sync: 'normal' });
    expect(thread.answer({ id: 1, kind: 'close' })).toMatchObject({ ok: true });
    expect(all(thread, 'SELECT 1 AS one')).toMatchObject({ value: [{ one: 1 }] });
    thread.answer({ id: 2, kind: 'close' });
    expect(all(thread, 'PRAGMA synchronous')).toMatchObject({ value: [{ synchronous: 1 }] });
    thread.answer({ id: 3, kind: 'close' });
  });

  it('answers failures with the code of SQLite, or none', () => {
    const thread = new DatabaseThread({ file, sync: 'normal' });
    const failed = (sql: string): ThreadReply => thread.answer({ id: 1, kind: 'apply', batch: [{ sql, rows: [[]] }] });
    expect(failed('nonsense')).toMatchObject({ ok: false, code: 'SQLITE_ERROR' });
    expect(failed('SELECT ?')).toMatchObject({ ok: false, code: '' });
    expect(all(thread, 'DELETE FROM sample')).toMatchObject({ ok: false, message: 'all() takes a statement that returns rows' });
    const missing = new DatabaseThread({ file: join(dir, 'missing.db'), sync: 'normal' });
    expect(all(missing, 'SELECT 1')).toMatchObject({ ok: false, code: 'SQLITE_CANTOPEN' });
    thread.answer({ id: 2, kind: 'close' });
  });

  it('forgets prepared statements beyond its bound', () => {
    const thread = new DatabaseThread({ file, sync: 'normal' });
    for (let i = 0; i < 200; i++) expect(all(thread, `SELECT ${i} AS n`)).toMatchObject({ value: [{ n: i }] });
    thread.answer({ id: 1, kind: 'close' });
  });
});
