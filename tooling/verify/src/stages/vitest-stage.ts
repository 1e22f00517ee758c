import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootTool, runCommand } from '../run-command.ts';
import type { Stage, StageResult } from '../stage.ts';

/** The JSON reporter's sums. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

export interface VitestOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A reporter that prints a table, whose lines are shown in any case. */
  readonly tableReporter?: string;
  /** The tests themselves print a table. */
  readonly printsTable?: boolean;
}

/** A run of vitest; its tests are counted one by one. */
export const vitestStage = (
  name: string,
  args: readonly string[],
  { env, tableReporter, printsTable = tableReporter !== undefined }: VitestOptions = {},
): Stage => ({
  name,
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ccp-vitest-'));
    try {
      const report = join(folder, 'report.json');
      const table = tableReporter === undefined ? [] : [`--reporter=${tableReporter}`];
      const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...table];
      const { code, output } = await runCommand(process.execPath, [rootTool('vitest/vitest.mjs'), 'run', ...args, ...reporters], {
        env: { ...env, NO_COLOR: '1' },
      });
      const result = readReport(readIfThere(report), code, output);
      return printsTable ? { ...result, report: tableIn(output) } : result;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/**
 * Adds up a report. A skipped or postponed test is a failure, and so is a run that failed although every test passed:
 * coverage below its gate, an unhandled rejection, a file that could not be loaded.
 */
export function readReport(report: string | undefined, code: number, output: string): StageResult {
  if (report === undefined) return { passed: 0, failed: 1, output };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report) as VitestReport;
  const skipped = numPendingTests + numTodoTests;
  const failed = numFailedTests + skipped;
  return {
    passed: numPassedTests,
    failed: code === 0 ? failed : Math.max(1, failed),
    output: skipped > 0 ? `${output}\n${skipped} tests were skipped: a test runs everywhere or it is not there.` : output,
  };
}

/** The lines of a Markdown table in an output. */
export const tableIn = (output: string): string => [...output.matchAll(/^\| .* \|$/gm)].map(([line]) => line).join('\n');

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // vitest failed before it ran a test; its output says why.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
