import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Exit } from '@oclif/core/handle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Start from './commands/start.js';
import { compileCacheDir } from './compile-cache-dir.js';
import { main } from './main.js';
import { runCommand } from './testing/run-command.js';
import { TestHome } from './testing/test-home.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

/** The bin's entry in this process, as `runCommand` runs a command. */
const bin = (...argv: string[]) => runCommand({ run: () => main(argv, (text) => process.stdout.write(text)) }, [], home.env);

describe('the ccproxy bin', () => {
  it('[B6] answers status without oclif, for people and for programs, up and down', async () => {
    const down = await bin('status');
    expect([down.exitCode, down.stderr]).toEqual([3, expect.stringContaining('ccproxy start')]);
    expect((await bin('status', '--json')).json()).toMatchObject({ error: { code: 'CCP_DAEMON_NOT_RUNNING' } });
    await runCommand(Start, [], home.env);
    expect((await bin('status')).stdout).toContain('ccproxy is running on');
    expect((await bin('status', '--json', `--state-dir=${home.state}`)).json()).toMatchObject({ draining: false });
    expect((await bin('status', '--state-dir', join(home.root, 'other'))).exitCode).toBe(3);
  });

  it('[B6] hands everything else to oclif: help, flags it does not know, commands that do not exist', async () => {
    expect((await bin('--help')).stdout).toContain('restart');
    expect((await bin('status', '--help')).stdout).toContain('Exit code 0 when it runs');
    const codes: (number | undefined)[] = [];
    const exit = Exit.exit.bind(Exit);
    Exit.exit = ((code?: number) => void codes.push(code)) as typeof Exit.exit;
    try {
      await bin('nonsense');
      expect(codes).toEqual([2]);
    } finally {
      Exit.exit = exit;
    }
  });
});

describe('compileCacheDir', () => {
  it('[F1] is a private folder of the user, or none', () => {
    const folder = compileCacheDir({ XDG_CACHE_HOME: home.root });
    expect(folder).toBe(join(home.root, 'ccproxy/compile'));
    expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
    expect(compileCacheDir({ HOME: home.root })).toBe(join(home.root, '.cache/ccproxy/compile'));
    expect(compileCacheDir({ XDG_CACHE_HOME: '/dev/null' })).toBeUndefined();
  });
});
