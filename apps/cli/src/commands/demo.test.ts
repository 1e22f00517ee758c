import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Demo from './demo.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

interface Row {
  readonly route: string;
  readonly target: string;
  readonly model: string;
  readonly why: string;
  readonly inputTokens: number;
}

describe('ccproxy demo', () => {
  it('[B6] routes three requests to three targets, says why, and leaves nothing behind', async () => {
    const temporary = join(home.root, 'tmp');
    mkdirSync(temporary);
    const run = await runCommand(Demo, ['--json'], { ...home.env, TMPDIR: temporary });
    expect(run.exitCode).toBe(0);
    const { requests, claude } = run.json() as unknown as { requests: Row[]; claude: unknown };
    expect(claude).toBeNull();
    expect(requests.map(({ route, target, model }) => [route, target, model])).toEqual([
      ['default', 'default', 'claude-opus-5-5'],
      ['background', 'small', 'demo-small'],
      ['long-context', 'long', 'demo-wide'],
    ]);
    expect(requests.map(({ why }) => why)).toEqual([
      expect.stringContaining('no rule fired'),
      expect.stringContaining('auxiliary'),
      expect.stringContaining('20,000'),
    ]);
    expect(requests.every(({ inputTokens }) => inputTokens > 0)).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('[B6][A1] runs the client it finds through the same daemon and shows what it printed', async () => {
    mkdirSync(join(home.root, 'bin'));
    const bin = join(home.root, 'bin/claude');
    writeFileSync(
      bin,
      `#!${process.execPath}\nconsole.log('client got', process.argv.slice(2).filter((argument) => !argument.startsWith('/')).join(' '));\nprocess.exit(5);\n`,
    );
    chmodSync(bin, 0o755);
    const run = await runCommand(Demo, [], home.env);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Now the real client');
    expect(run.stdout).toContain('(exit code ');
  });
});
