import { createProcesses, createTempHome } from '@ccproxy-internal/test-kit';
import { describe, expect, it } from 'vitest';
import { judge } from './bars.ts';
import { createBodies } from './bodies.ts';
import { readOptions } from './options.ts';
import { renderPerformancePage } from './performance-page.ts';
import { renderReport } from './report.ts';
import { badTotals, type Results } from './results.ts';
import { runRounds } from './run-rounds.ts';
import { median, quantile, ratioOf } from './statistics.ts';
import { control, floor, targetSpecs } from './targets/target-specs.ts';
import { startUpstream } from './targets/upstream-process.ts';
import { big } from './workloads/big.ts';
import { burst } from './workloads/burst.ts';
import { turn1 } from './workloads/turn.ts';

describe('statistics', () => {
  it('median and quantiles ignore what was not measured', () => {
    expect([median([3, Number.NaN, 1, 2]), median([1, 2, 3, 4]), quantile([1, 2, 3, 4], 0.99), median([])]).toEqual([
      2,
      2.5,
      4,
      Number.NaN,
    ]);
  });

  it('a ratio compares round by round: a slow round hits both sides', () => {
    expect(ratioOf([10, 100, 12], [5, 50, 6])).toEqual({ median: 2, min: 2, max: 2 });
  });
});

describe('bars', () => {
  const results: Results = {
    node: '24.0.0',
    date: '2026-01-01',
    machine: 'a machine',
    rounds: 2,
    workloads: {
      big: {
        direct: [
          { p50Us: 100, bad: 0 },
          { p50Us: 200, bad: 0 },
        ],
        [floor]: [
          { p50Us: 300, bad: 0 },
          { p50Us: 400, bad: 0 },
        ],
        [control]: [
          { p50Us: 310, bad: 0 },
          { p50Us: 390, bad: 0 },
        ],
        ccproxy: [
          { p50Us: 200, bad: 0 },
          { p50Us: 300, bad: 0 },
        ],
      },
      start: {
        ccproxy: [
          { idleRssMb: 90, bad: 0 },
          { idleRssMb: 130, bad: 0 },
        ],
      },
      rps: { [floor]: [{ rps: 1000, bad: 0 }], ccproxy: [{ rps: 700, bad: 3 }] },
    },
  };

  it('compare what is added to the direct way, in units of the floor', () => {
    const [added] = judge(results, 'ccproxy');
    expect(added).toMatchObject({ value: { median: 0.5 }, control: { min: 0.95, max: 1.05 }, holds: true });
  });

  it('hold memory against its limit, and rates from below', () => {
    expect(judge(results, 'ccproxy').map(({ bar, holds }) => [bar.workload, holds])).toEqual([
      ['big', true],
      ['rps', false],
      ['start', false],
    ]);
  });

  it('are printed with the control, and failed requests aloud', () => {
    const report = renderReport(results);
    expect(report).toContain('| 1.5 MB request, time added | 0.50× | 0.50 to 0.50 | 1.00× (0.95 to 1.05) | ≤ 0.7× | yes |');
    expect(report).toContain('PROBLEM: rps, ccproxy: 3 failed requests');
    expect(badTotals(results)).toEqual([{ workload: 'rps', target: 'ccproxy', bad: 3 }]);
    expect(renderPerformancePage(results, '')).toContain('npm run bench -- --write-docs');
  });
});

describe('options', () => {
  it('have a standard of five rounds over every workload', () => {
    expect(readOptions([])).toMatchObject({ rounds: 5, only: [], writeDocs: false });
  });

  it.each([
    [['--rounds', 'x'], '--rounds is "x"'],
    [['--workloads', 'small,nothing'], 'no workload "nothing"'],
  ])('%j is refused in a sentence', (args, problem) => {
    expect(() => readOptions(args)).toThrow(problem);
  });
});

it('bodies have the sizes the workloads speak of, and are the same every time', () => {
  const { small, turn, big: large } = createBodies();
  expect(small.length).toBeLessThan(200);
  expect(Math.abs(turn.length - 250_000)).toBeLessThan(25_000);
  expect(Math.abs(large.length - 1_500_000)).toBeLessThan(150_000);
  expect(createBodies().turn.equals(turn)).toBe(true);
});

it('measures a round of the bare floor without a failed request', async () => {
  await using processes = createProcesses();
  using home = createTempHome();
  const upstream = await startUpstream(processes);
  const recorded = await runRounds({
    specs: await targetSpecs(upstream.url, [floor], home),
    workloads: [turn1, big, burst],
    rounds: 1,
    start: false,
    bodies: createBodies(),
    upstream,
    processes,
    say: () => undefined,
  });
  expect(Object.keys(recorded)).toEqual(['turn1', 'big', 'burst']);
  for (const targets of Object.values(recorded)) {
    expect(Object.keys(targets)).toEqual(['direct', floor]);
    expect(Object.values(targets).map(([round]) => round?.['bad'])).toEqual([0, 0]);
  }
});
