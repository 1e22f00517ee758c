import { runCommand } from '../run-command.ts';
import type { Stage, StageResult } from '../stage.ts';

/** A program of ours whose last line is `N passed, N failed`. */
export const tallyStage = (name: string, script: string, args: readonly string[] = []): Stage => ({
  name,
  run: async () => {
    const { code, output } = await runCommand(process.execPath, [script, ...args]);
    return readTally(output, code);
  },
});

/** Reads the closing line; a program that failed without one counts as one failure. */
export function readTally(output: string, code: number): StageResult {
  const [, passed = '0', failed = '0'] = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split('\n').at(-1) ?? '') ?? [];
  return { passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1), output };
}
