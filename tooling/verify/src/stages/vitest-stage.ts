import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rootTool, runCommand } from '../run-command.ts';
import type { Stage, StageResult } from '../stage.ts';
import { unstableMark } from '../unstable-reporter.ts';

const unstableReporter = fileURLToPath(new URL('../unstable-reporter.ts', import.meta.url));

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

/**
 * A run of vitest; its tests are counted one by one. A test that fails is run once more: what passes then is a defect of the test or
 * of what it tests, which the stage names and does not fail for.
 */
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
      const own = tableReporter === undefined ? [unstableReporter] : [unstableReporter, tableReporter];
      const reporters = ['dot', 'json', ...own].map((reporter) => `--reporter=${reporter}`);
      const options = ['--retry=1', ...reporters, `--outputFile.json=${report}`];
      const { code, output } = await runCommand(process.execPath, [rootTool('vitest/vitest.mjs'), 'run', ...args, ...options], {
        env: { ...env, NO_COLOR: '1' },
      });
      const lines = [printsTable ? tableIn(output) : '', ...unstableIn(output)].filter((line) => line !== '');
      const result = readReport(readIfThere(report), code, output);
      return lines.length > 0 ? { ...result, report: lines.join('\n') } : result;
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

/** The lines that name a test which passed at its second try only. */
export const unstableIn = (output: string): string[] => output.split('\n').filter((line) => line.startsWith(unstableMark));

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
