import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { openSqliteStore } from '@ccproxy/store';
import { expect, it } from 'vitest';
import type { LedgerClose, LedgerOpen } from './ledger.js';
import { openLedger } from './open-ledger.js';

const row = (id: string): LedgerOpen => ({
  id,
  requestId: `req_${id}`,
  attempt: 1,
  startedAt: Date.now(),
  route: 'background',
  target: 'local',
  provider: 'ollama',
  model: 'claude-sonnet-4-5-20250929',
  upstreamModel: 'qwen3:8b',
  principal: 'local',
  sessionId: '8b7a9f5c-1111-2222-3333-444455556666',
  agentId: undefined,
  requestClass: 'auxiliary',
  stream: true,
  bytesIn: 51234,
  estimatedTokens: 12345,
});
const closed: LedgerClose = {
  outcome: 'ok',
  httpStatus: 200,
  errorCode: undefined,
  stopReason: 'end_turn',
  usage: { inputTokens: 100, outputTokens: 50 },
  firstByteMs: 120.3,
  durationMs: 900.1,
  bytesOut: 5000,
};

it('smoke', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ccproxy-ledger-'));
  const store = await openSqliteStore({ file: join(dir, 'ccproxy.db'), clock: systemClock, logger: silentLogger });
  const ledger = await openLedger({ dir, database: store, clock: systemClock, logger: silentLogger });
  for (const conc of [1, 8, 64]) {
    const total = 20000;
    const t0 = performance.now();
    const cpu0 = process.cpuUsage();
    let n = 0;
    const tcpu0 = process.threadCpuUsage();
    await Promise.all(
      Array.from({ length: conc }, async (_, c) => {
        while (n < total) {
          const id = `x${conc}_${n++}`;
          await new Promise<void>((resolve) => ledger.open(row(id), resolve));
          await new Promise<void>((resolve) => ledger.close(id, closed, resolve));
        }
      }),
    );
    const tcpu = process.threadCpuUsage(tcpu0);
    console.log(
      conc,
      'us per pair wall',
      (((performance.now() - t0) * 1000) / total).toFixed(2),
      'main thread cpu',
      ((tcpu.user + tcpu.system) / total).toFixed(2),
      ledger.health(),
    );
  }
  await ledger.flush();
  console.log(ledger.totals(), await store.ledger.totals(), await ledger.recent(1));
  await ledger.stop();
  await store.close();
  expect(1).toBe(1);
  await rm(dir, { recursive: true });
});
