import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { openSqliteStore, type SqliteStore } from '@ccproxy/store';
import { afterAll, expect, it } from 'vitest';
import { openLedger } from './open-ledger.js';
import { spawnSource } from './testing/spawn-source.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? '1');
const kills = Math.ceil(15 * scale);

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ccproxy-kill-'));
  dirs.push(dir);
  return dir;
}

/** Runs the busy process, kills it at some point and returns what it had acknowledged. */
async function runAndKill(dir: string, run: number, sync: string): Promise<string[]> {
  const acks = join(dir, `acks-${run}`);
  const out = openSync(acks, 'w');
  const child = spawnSource('busy-ledger', [dir, `k${run}`, sync], { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Every fifth is killed while it starts, the others while they write.
  if (run % 5 !== 0) while ((await readFile(acks)).length === 0 && child.exitCode === null) await sleep(10);
  await sleep(Math.random() * 250);
  child.kill('SIGKILL');
  await exited;
  expect(child.exitCode).toBeNull();
  return (await readFile(acks, 'utf8')).split('\n').slice(0, -1);
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly outcome: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

async function allRows({ database }: SqliteStore): Promise<Row[]> {
  const rows: Row[] = [];
  const sql = 'SELECT seq, id, outcome, input_tokens, output_tokens FROM ledger_attempts WHERE seq > ? ORDER BY seq LIMIT 20000';
  for (;;) {
    const page = (await database.all(sql, [rows.at(-1)?.seq ?? 0])) as Row[];
    if (page.length === 0) return rows;
    rows.push(...page);
  }
}

/** Opens the ledger again and compares it with what was acknowledged. */
async function verify(dir: string, acknowledged: readonly string[]): Promise<void> {
  const before = process.cpuUsage();
  const store = await openSqliteStore({ file: join(dir, 'ccproxy.db'), clock: systemClock, logger: silentLogger });
  const ledger = await openLedger({ dir, database: store, clock: systemClock, logger: silentLogger });
  const used = process.cpuUsage(before);
  const rows = await allRows(store);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lost = acknowledged.filter((line) => {
    const row = byId.get(line.slice(2));
    return line.startsWith('o ') ? row === undefined : row?.outcome !== 'ok' || row.input_tokens !== 1 || row.output_tokens !== 2;
  });
  expect(lost).toEqual([]);
  const ended = rows.filter((row) => row.outcome === 'ok').length;
  expect(rows.filter((row) => row.outcome === null)).toEqual([]);
  expect(ledger.totals()).toEqual({ attempts: byId.size, open: 0, inputTokens: ended, outputTokens: 2 * ended });
  expect(rows).toHaveLength(byId.size);
  expect(await store.database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  // Processor time of all threads: the time of an otherwise idle machine, whatever else this one does.
  expect((used.user + used.system) / 1000).toBeLessThanOrEqual(1000);
  await ledger.stop();
  await store.close();
}

it(
  `[C17] ${kills} kills with SIGKILL lose and double no acknowledged row, and the ledger opens again within a second`,
  { timeout: 30_000 + kills * 5000 },
  async () => {
    let total = 0;
    // A fresh directory now and then keeps the work of a long run proportional to its length.
    for (let first = 1; first <= kills; first += 15) {
      const dir = await newDir();
      const acknowledged: string[] = [];
      const last = Math.min(first + 14, kills);
      for (let run = first; run <= last; run++) {
        acknowledged.push(...(await runAndKill(dir, run, run % 4 === 0 ? 'full' : 'normal')));
        // Now and then two crashes in a row, without an orderly start between them.
        if (run % 3 !== 0 || run === last) await verify(dir, acknowledged);
      }
      total += acknowledged.length;
    }
    expect(total).toBeGreaterThanOrEqual(100);
  },
);
