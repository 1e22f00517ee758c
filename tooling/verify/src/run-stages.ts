import type { Stage, StageResult, Step } from './stage.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Runs every stage, also after a failed one, says each result in a line when it is there, and ends with the line `N passed, N failed`. */
export async function runStages(steps: readonly Step[], say: (line: string) => void): Promise<Tally> {
  const failures: string[] = [];
  let passed = 0;
  let failed = 0;
  const runAll = async (stages: readonly Stage[]): Promise<void> => {
    for (const stage of stages) {
      const begun = performance.now();
      const result = await runStage(stage);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      const good = result.failed === 0 && result.passed > 0;
      passed += result.passed;
      failed += good ? 0 : Math.max(1, result.failed);
      if (!good) failures.push(stage.name);
      // Without a pause between them: the lines of stages that run side by side do not mix.
      if (!good && result.output.trim() !== '') say(result.output.trimEnd());
      if (result.report !== undefined) say(result.report);
      say(`${good ? 'ok  ' : 'FAIL'} ${stage.name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
    }
  };
  for (const step of steps) await Promise.all(('sideBySide' in step ? step.sideBySide : [[step]]).map(runAll));
  if (failures.length > 0) say(`failed stages: ${failures.join(', ')}`);
  say(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}

async function runStage(stage: Stage): Promise<StageResult> {
  try {
    return await stage.run();
  } catch (error) {
    return { passed: 0, failed: 1, output: error instanceof Error ? error.message : String(error) };
  }
}
