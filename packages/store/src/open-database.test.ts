import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from './migration.js';
import { openDatabase, type OpenDatabaseOptions } from './open-database.js';
import { quarantined } from './quarantine.js';
import { toStoreError } from './sqlite-error.js';

const windows = process.platform === 'win32';
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const step = (version: number, sql: string, owner = 'sample'): Migration => ({ owner, version, sql });
const sample = step(1, 'CREATE TABLE sample (id INTEGER PRIMARY KEY, text TEXT)');

let root = '';
let file = '';
let clock = new FakeClock();
let logged: string[] = [];
const open = (changes: Partial<OpenDatabaseOptions> = {}) =>
  openDatabase({ file, clock, logger: { ...silentLogger, error: (_, message) => void logged.push(message) }, ...changes });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ccproxy-database-'));
  file = join(root, 'data', 'ccproxy.db');
  clock = new FakeClock();
  logged = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A database with rows, closed. */
async function filled(rows = 200): Promise<void> {
  const database = await open({ migrations: [sample] });
  const insert = database.sqlite.prepare('INSERT INTO sample (text) VALUES (?)');
  database.sqlite.transaction(() => {
    for (let i = 0; i < rows; i++) insert.run('x'.repeat(500));
  })();
  database.close();
}

describe('openDatabase', () => {
  it('makes the directory 0700 and every file 0600, whatever they were', async () => {
    mkdirSync(dirname(file), { mode: 0o755 });
    writeFileSync(file, '', { mode: 0o644 });
    const database = await open({ migrations: [sample] });
    expect(readdirSync(dirname(file)).sort()).toEqual(['ccproxy.db', 'ccproxy.db-shm', 'ccproxy.db-wal']);
    const modes = readdirSync(dirname(file)).map((name) => modeOf(join(dirname(file), name)));
    expect(windows || modes.every((mode) => mode === 0o600)).toBe(true);
    expect(windows || modeOf(dirname(file)) === 0o700).toBe(true);
    database.close();
  });

  it.for([
    ['normal', 1],
    ['full', 2],
  ] as const)('sets WAL, synchronous=%s, no waiting and foreign keys', async ([sync, level]) => {
    const database = await open({ sync });
    const { sqlite, notice } = database;
    const read = (pragma: string): unknown => sqlite.pragma(pragma, { simple: true });
    expect([read('journal_mode'), read('synchronous'), read('busy_timeout'), read('foreign_keys')]).toEqual(['wal', level, 0, 1]);
    expect(notice).toBeUndefined();
    database.close();
  });

  it('[C17] a database locked by another process is a coded error at once, and opens when that process is killed', async () => {
    await filled();
    const code = `const db = new (require(process.argv[1]))(process.argv[2]); db.pragma('locking_mode = EXCLUSIVE');
      db.exec('BEGIN EXCLUSIVE'); process.stdout.write('locked'); setInterval(() => {}, 1000)`;
    const library = createRequire(import.meta.url).resolve('better-sqlite3');
    const child = spawn(process.execPath, ['-e', code, library, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(open()).rejects.toMatchObject({ code: 'CCP_STORE_LOCKED', retryable: true });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    (await open()).close();
  });

  it.for([
    ['a file that is no database', (path: string) => writeFileSync(path, 'not a database, '.repeat(1000))],
    [
      'damaged pages',
      (path: string) => {
        const fd = openSync(path, 'r+');
        writeSync(fd, Buffer.alloc(20_000, 0xa5), 0, 20_000, 4096);
      },
    ],
  ] as const)('replaces %s, keeps it, says so and logs it', async ([, damage]) => {
    await filled();
    damage(file);
    const database = await open({ migrations: [sample] });
    expect(database.notice).toMatchObject({ code: 'CCP_STORE_CORRUPT', where: { file: `${file}.corrupt-20260101T000000000Z` } });
    expect(database.sqlite.prepare('SELECT count(*) AS rows FROM sample').get()).toEqual({ rows: 0 });
    expect(logged).toEqual(['damaged database replaced by a fresh one']);
    expect(quarantined(file)).toHaveLength(1);
    database.close();
    const again = await open({ migrations: [sample] });
    expect(again.notice).toBeUndefined();
    again.close();
  });

  it('keeps the three newest damaged files, also of the same millisecond', async () => {
    for (let i = 0; i < 5; i++) {
      await filled(1);
      writeFileSync(file, `not a database ${i}`.repeat(100));
      (await open()).close();
      if (i > 1) clock.advance(1000);
    }
    expect(quarantined(file).map((path) => path.slice(file.length))).toEqual([
      '.corrupt-20260101T000000000Z-2',
      '.corrupt-20260101T000001000Z',
      '.corrupt-20260101T000002000Z',
    ]);
  });

  it('a path that cannot be a database is a coded error', async () => {
    mkdirSync(file, { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'CCP_STORE_UNAVAILABLE' });
    writeFileSync(join(root, 'plain'), '');
    await expect(open({ file: join(root, 'plain', 'x.db') })).rejects.toMatchObject({ name: 'CcproxyError' });
  });

  it('a database this user may not write is a coded error', async () => {
    await filled();
    await asOrdinaryUser(async () => {
      await expect(open()).rejects.toMatchObject({
        name: 'CcproxyError',
        code: expect.stringMatching(/^CCP_(?:STORE_READ_ONLY|DIR_UNSAFE|PERMISSION_DENIED)$/),
      });
    });
  });
});

/** Root may write everything: it steps down for the while. Anybody else takes the right from the file. */
async function asOrdinaryUser(body: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  else chmodSync(file, 0o400);
  if (!isRoot) chmodSync(dirname(file), 0o500);
  try {
    await body();
  } finally {
    if (isRoot) process.seteuid?.(0);
    else chmodSync(dirname(file), 0o700);
  }
}

describe('toStoreError', () => {
  it('codes what SQLite really says: no space, read-only, constraint', async () => {
    const database = await open({ migrations: [sample] });
    const { sqlite } = database;
    sqlite.pragma('max_page_count = 6');
    const insert = sqlite.prepare('INSERT INTO sample (text) VALUES (?)');
    expect(codeOf(() => insert.run('x'.repeat(100_000)))).toBe('CCP_STORE_FULL');
    sqlite.pragma('query_only = ON');
    expect(codeOf(() => insert.run('x'))).toBe('CCP_STORE_READ_ONLY');
    expect(codeOf(() => sqlite.exec('nonsense'))).toBe('CCP_STORE_UNAVAILABLE');
    database.close();
  });

  it.for([
    ['SQLITE_BUSY_SNAPSHOT', 'CCP_STORE_LOCKED'],
    ['SQLITE_CORRUPT_VTAB', 'CCP_STORE_CORRUPT'],
    ['SQLITE_IOERR_WRITE', 'CCP_STORE_UNAVAILABLE'],
    ['ENOSPC', 'CCP_STORE_FULL'],
    ['EFBIG', 'CCP_STORE_FULL'],
    ['EROFS', 'CCP_STORE_READ_ONLY'],
  ] as const)('%s is %s', ([code, expected]) => {
    expect(toStoreError(Object.assign(new Error('x'), { code }), '/db').code).toBe(expected);
  });

  it('takes what is no error', () => {
    expect(toStoreError('odd', '/db')).toMatchObject({ code: 'CCP_STORE_UNAVAILABLE', message: 'database /db is not available (odd)' });
  });
});

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'no error';
  } catch (error) {
    return toStoreError(error, file).code;
  }
}
