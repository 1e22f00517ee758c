import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyMigrations, type Migration } from './migration.js';

const step = (version: number, sql: string, owner = 'a'): Migration => ({ owner, version, sql });
const first = step(1, 'CREATE TABLE a_one (x)');
const second = step(2, 'CREATE TABLE a_two (x); CREATE TABLE a_three (x)');
const other = step(1, 'CREATE TABLE b_one (x)', 'b');

let sqlite = new Sqlite(':memory:');
beforeEach(() => {
  sqlite = new Sqlite(':memory:');
});
const tables = (): unknown[] => sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();

describe('applyMigrations', () => {
  it('applies what is missing in order of version, per owner, and records it', () => {
    applyMigrations(sqlite, [first], 1000);
    applyMigrations(sqlite, [second, other, first], 2000);
    applyMigrations(sqlite, [second, other, first], 3000);
    expect(tables()).toEqual(['a_one', 'a_three', 'a_two', 'b_one', 'store_migrations']);
    expect(sqlite.prepare('SELECT owner, version, applied_at FROM store_migrations ORDER BY 1, 2').raw().all()).toEqual([
      ['a', 1, 1000],
      ['a', 2, 2000],
      ['b', 1, 2000],
    ]);
  });

  it('leaves everything as it was when one step fails', () => {
    applyMigrations(sqlite, [first], 1);
    const broken = step(3, 'CREATE TABLE nonsense (');
    expect(() => applyMigrations(sqlite, [first, second, broken, other], 2)).toThrow(
      expect.objectContaining({ code: 'CCP_STORE_MIGRATION', details: { owner: 'a', version: 3 } }),
    );
    expect(tables()).toEqual(['a_one', 'store_migrations']);
  });

  it('passes on faults of the file as they are', () => {
    sqlite.pragma('max_page_count = 3');
    expect(() => applyMigrations(sqlite, [first, second], 1)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
  });

  it('refuses a database a newer version has written, unless its owner is not loaded', () => {
    applyMigrations(sqlite, [first, second, other], 1);
    expect(() => applyMigrations(sqlite, [first, other], 2)).toThrow(
      expect.objectContaining({ code: 'CCP_STORE_NEWER', details: { owner: 'a', found: 2, known: 1 } }),
    );
    applyMigrations(sqlite, [other], 2);
  });

  it.for([[[2]], [[1, 3]], [[1, 1]], [[0, 1]]] as const)('refuses the versions %s', ([versions]) => {
    expect(() =>
      applyMigrations(
        sqlite,
        versions.map((version) => step(version, 'SELECT 1')),
        1,
      ),
    ).toThrow(expect.objectContaining({ code: 'CCP_STORE_MIGRATION' }));
  });
});
