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
