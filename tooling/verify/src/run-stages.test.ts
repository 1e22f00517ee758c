import { expect, it } from 'vitest';
import { runStages } from './run-stages.ts';
import type { Stage, StageResult } from './stage.ts';

const stage = (name: string, result: Partial<StageResult> | Error): Stage => ({
  name,
  run: () => (result instanceof Error ? Promise.reject(result) : Promise.resolve({ passed: 0, failed: 0, output: '', ...result })),
});

it('runs every stage and sums up in its last line', async () => {
  const lines: string[] = [];
  const stages = [
    stage('one', { passed: 10 }),
    stage('two', { passed: 3, failed: 2, output: 'what broke\n' }),
    stage('three', { passed: 1, output: 'chatter' }),
  ];
  expect(await runStages(stages, (line) => lines.push(line))).toEqual({ passed: 14, failed: 2 });
  expect(lines.map((line) => line.replace(/ \(.*\)$/, ''))).toEqual([
    'ok   one: 10 passed, 0 failed',
    'what broke',
    'FAIL two: 3 passed, 2 failed',
    'ok   three: 1 passed, 0 failed',
    'failed stages: two',
    '14 passed, 2 failed',
  ]);
});

it('a stage that could not look, and one that found nothing, are failures', async () => {
  const lines: string[] = [];
  expect(await runStages([stage('broken', new Error('no such tool')), stage('empty', {})], (line) => lines.push(line))).toEqual({
    passed: 0,
    failed: 2,
  });
  expect(lines).toContain('no such tool');
});

it('lists that stand side by side run at the same time, each in its order, and the step after them waits for all', async () => {
  const lines: string[] = [];
  const order: string[] = [];
  const { promise: reached, resolve: reach } = Promise.withResolvers<undefined>();
  const noted = (name: string, until?: Promise<unknown>): Stage => ({
    name,
    run: async () => {
      await until;
      order.push(name);
      if (name === 'left 2') reach(undefined);
      return { passed: 1, failed: name === 'left 1' ? 1 : 0, output: `what ${name} says` };
    },
  });
  // The first of the right ends only when the left list has come to its second.
  const steps = [
    {
      sideBySide: [
        [noted('left 1'), noted('left 2')],
        [noted('right 1', reached), noted('right 2')],
      ],
    },
    noted('last'),
  ];
  expect(await runStages(steps, (line) => lines.push(line))).toEqual({ passed: 5, failed: 1 });
  expect(order).toEqual(['left 1', 'left 2', 'right 1', 'right 2', 'last']);
  expect(lines.slice(0, 2)).toEqual(['what left 1 says', expect.stringMatching(/^FAIL left 1: 1 passed, 1 failed/)]);
  expect(lines.slice(-2)).toEqual(['failed stages: left 1', '5 passed, 1 failed']);
});
