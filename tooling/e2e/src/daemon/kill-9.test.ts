import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';
import type { Answer, TokenCounts } from './ask.ts';
import { createInstallation, passthroughConfig } from './installation.ts';
import { ledgerRows } from './ledger-rows.ts';
import { paces, startLoad } from './load.ts';
import { processCpuMs } from './process-cpu.ts';
import { repetitions } from './scale.ts';

const kills = repetitions(6, 100);
const lanes = 12;
/** Starts take some tenths of a second; the bounds leave room for a busy machine. */
const startCpuMs = 1500;
const startWallMs = 15_000;

it(
  '[C17][F1][A2] row 69: kill -9 at any moment loses no row of an answered request and doubles none',
  { timeout: 60_000 + kills * 8000 },
  async ({ annotate }) => {
    await using upstream = await startFakeAnthropic({ script: paces });
    await using installation = await createInstallation(passthroughConfig(upstream.url));
    const answers = new Map<string, Answer>();
    const seen = new Set<string>();
    const wall: number[] = [];
    const cpu: number[] = [];

    /** Requests the upstream has read whole; those cut off by a kill may come to its knowledge one round later. */
    const collect = (): void => {
      for (const { body } of upstream.messages()) if (body !== undefined) seen.add((body as { model: string }).model);
    };

    for (let kill = 0; kill < kills; kill++) {
      const begun = performance.now();
      const { pid, url } = await installation.start();
      wall.push(performance.now() - begun);
      cpu.push(processCpuMs(pid) ?? 0);
      const load = startLoad(url, { lanes, name: `kill-${kill}` });
      await sleep(Math.random() * 600);
      process.kill(pid, 'SIGKILL');
      await load.stop();
      for (const [model, answer] of load.answers) answers.set(model, answer);
      collect();
      upstream.reset();
      upstream.script(paces);
    }
    await installation.start();
    collect();
    const stopped = await installation.ccproxy(['stop']);
    expect(stopped.code).toBe(0);

    const rows = ledgerRows(installation.paths.databaseFile);
    const byModel = Map.groupBy(rows, (row) => row.model);
    const completed = [...answers].filter(([, answer]) => answer.completed);
    await annotate(
      `${kills} kills, ${answers.size} requests, ${completed.length} answered, ${seen.size} seen by the upstream, ${rows.length} rows; start ${Math.max(...wall).toFixed(0)} ms wall at most, daemon ${Math.max(...cpu).toFixed(0)} ms CPU at most`,
    );
    expect(completed.length).toBeGreaterThan(kills);
    const wrong = completed.flatMap(([model, { usage }]) => {
      const found = (byModel.get(model) ?? []).map(({ outcome, inputTokens, outputTokens }) => ({ outcome, inputTokens, outputTokens }));
      return JSON.stringify(found) === JSON.stringify([closedWith(usage)]) ? [] : [{ model, found, usage }];
    });
    expect(wrong).toEqual([]);
    expect([...seen].filter((model) => byModel.get(model)?.length !== 1)).toEqual([]);
    expect([...byModel].filter(([, same]) => same.length > 1)).toEqual([]);
    expect(rows.filter((row) => row.outcome === null)).toEqual([]);
    expect(rows.some((row) => row.outcome === 'lost')).toBe(true);
    expect(Math.max(...cpu)).toBeLessThan(startCpuMs);
    expect(Math.max(...wall)).toBeLessThan(startWallMs);
  },
);

const closedWith = (usage: TokenCounts | undefined): unknown => ({ outcome: 'ok', ...usage });
