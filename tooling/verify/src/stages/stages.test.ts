import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../run-command.ts';
import { commandStage } from './command-stage.ts';
import { missingPrograms } from './programs-stage.ts';
import { readTally, tallyStage } from './tally-stage.ts';
import { readReport, tableIn, unstableIn, vitestStage } from './vitest-stage.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccp-stages-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = (name: string, code: string): string => {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
};

describe('vitest reports', () => {
  const report = (counts: object): string =>
    JSON.stringify({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, ...counts });

  it.each([
    [{}, 0, { passed: 5, failed: 0 }],
    [{ numFailedTests: 2 }, 1, { passed: 5, failed: 2 }],
    [{ numPendingTests: 1 }, 0, { passed: 5, failed: 1 }],
    [{ numTodoTests: 1 }, 0, { passed: 5, failed: 1 }],
    [{}, 1, { passed: 5, failed: 1 }],
  ])('%j with exit code %i is %j', (counts, code, result) => {
    expect(readReport(report(counts), code, '')).toMatchObject(result);
  });

  it('a run without a report failed', () => {
    expect(readReport(undefined, 0, 'why')).toEqual({ passed: 0, failed: 1, output: 'why' });
  });

  it('a test that passes at its second try only is named, one that fails twice fails', async () => {
    const name = 'tries.test.mjs';
    script(
      name,
      `import { expect, it } from 'vitest';
       let tries = 0;
       it('second try', () => expect(++tries).toBe(2));
       it('never', () => expect(tries).toBe(9));`,
    );
    const stage = vitestStage('tries', ['--config', script('vitest.config.mjs', 'export default {}'), '--root', folder, name]);
    const { passed, failed, report } = await stage.run();
    expect([passed, failed, report]).toEqual([1, 1, 'unstable: tries.test.mjs > second try: expected 1 to be 2 // Object.is equality']);
    expect(unstableIn('..\nunstable: a > b: c\nokay\n')).toEqual(['unstable: a > b: c']);
  });

  it('the table of a reporter is found between its other lines', () => {
    expect(tableIn('...\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\nDuration 1s | not a row\n')).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  });
});

describe('tools', () => {
  it('count as one by their exit code', async () => {
    expect(await commandStage('good', script('good.cjs', '')).run()).toMatchObject({ passed: 1, failed: 0 });
    const bad = await commandStage('bad', script('bad.cjs', 'console.error("why"); process.exit(3)')).run();
    expect(bad).toEqual({ passed: 0, failed: 1, output: 'why\n' });
  });

  it('with a tally count what it says', async () => {
    expect(await tallyStage('t', script('t.cjs', 'console.log("x\\n7 passed, 2 failed"); process.exit(1)')).run()).toMatchObject({
      passed: 7,
      failed: 2,
    });
    expect(readTally('crashed', 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(readTally('3 passed, 0 failed\n', 1)).toMatchObject({ passed: 3, failed: 1 });
  });

  it('that hang are ended with everything they started', async () => {
    const hang = script('hang.cjs', 'console.log("begun"); setInterval(() => {}, 1000)');
    const { code, output } = await runCommand(process.execPath, [hang], { timeoutMs: 1500 });
    expect(code).toBe(124);
    expect(output).toContain('begun');
  });

  it('that do not exist are an exit code', async () => {
    expect((await runCommand(join(folder, 'nothing'), [])).code).toBe(127);
  });
});

it('missing programs are found by PATH', () => {
  const name = process.platform === 'win32' ? 'there.exe' : 'there';
  script(name, '');
  const programs = ['there', 'absent'].map((program) => ({ program, debian: program, usedBy: 'a test' }));
  expect(missingPrograms(programs, folder).map(({ program }) => program)).toEqual(['absent']);
});
