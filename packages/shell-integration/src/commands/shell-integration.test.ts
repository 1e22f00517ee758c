import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core/config';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestWorld, type TestWorld } from '../testing/test-world.js';
import ShellIntegration from './shell-integration.js';

/** What the command set; the type of a variable that was assigned above would say it cannot have changed. */
function exitCodeNow(): number {
  return Number(process.exitCode ?? 0);
}

describe('ccproxy shell-integration', () => {
  let world: TestWorld;
  let rc: string;
  let config: Config;
  beforeAll(async () => {
    world = await createTestWorld();
    rc = path.join(world.home, '.zshrc');
    config = await Config.load(fileURLToPath(new URL('../../package.json', import.meta.url)));
  });
  afterAll(() => world.remove());

  /** Runs the command in this process; its exit code is taken from it. */
  async function run(...argv: readonly string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    const written = { stdout: '', stderr: '' };
    const before = process.exitCode;
    process.exitCode = undefined;
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        written[stream] += String(text);
        return true;
      }),
    );
    try {
      await ShellIntegration.run([...argv, '--state-dir', world.stateDir, '--rc', rc], config);
      return { ...written, exitCode: exitCodeNow() };
    } finally {
      for (const spy of spies) spy.mockRestore();
      process.exitCode = before;
    }
  }
  const json = async (...argv: readonly string[]) => JSON.parse((await run(...argv, '--json')).stdout) as Record<string, unknown>;

  it('[D1] prints the stub and writes the hook and the completion', async () => {
    const { stdout, stderr } = await run('zsh');
    expect(stdout).toMatch(/^\n# >>> ccproxy >>>\n.*hook\.zsh'; fi\n# <<< ccproxy <<<\n$/);
    expect(stderr).toBe('');
    expect(await readFile(world.hookFile('zsh'), 'utf8')).toContain(world.stateDir);
    expect(await readFile(path.join(world.stateDir, 'shell', 'completion.zsh'), 'utf8')).toContain('__ccproxy_complete_words');
    expect((await run('bash', '--with-claude')).stdout).toContain("hook.bash' claude; fi");
    expect(await json('fish')).toMatchObject({ shell: 'fish', stub: expect.stringContaining('status is-interactive') });
  });

  it('[D1] prints the whole hook without writing anything', async () => {
    await writeFile(world.hookFile('bash'), 'mine');
    const { stdout } = await run('bash', '--print');
    expect(stdout).toContain('__ccproxy_hook()');
    expect(await json('bash', '--print')).toEqual({ shell: 'bash', code: stdout });
    expect(await readFile(world.hookFile('bash'), 'utf8')).toBe('mine');
    expect((await run('powershell', '--print')).stdout).toContain('LocationChangedAction');
  });

  it('[D1] installs, checks, and removes', async () => {
    await writeFile(rc, 'a=1\n');
    const failed = await run('zsh', '--check');
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/does not load the hook[^]*\(CCP_SHELL_NOT_READY\)\n$/) });
    expect((await run('zsh', '--install', '--with-claude')).stdout).toMatch(/now loads [^]*backup\n[^]*ccproxy allow/);
    expect((await run('zsh', '--install', '--with-claude')).stdout).toContain('already');
    expect(await run('zsh', '--check')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^(?:ok {4}.*\n){3}$/) });
    expect(await json('zsh', '--uninstall')).toEqual({ shell: 'zsh', rcFile: rc, changed: true, removedFile: false });
    expect(await readFile(rc, 'utf8')).toBe('a=1\n');
    expect((await run('zsh', '--uninstall')).stdout).toContain('did not load the hook');
    expect(await json('zsh', '--check')).toMatchObject({ error: { code: 'CCP_SHELL_NOT_READY', details: { shell: 'zsh' } } });
  });

  it('[D1] says what is wrong with the command line', async () => {
    expect(await run('tcsh')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('(CCP_SHELL_USAGE)') });
    expect(await run('zsh', '--install', '--check')).toMatchObject({ exitCode: 2 });
    rc = world.home;
    expect(await run('zsh', '--install')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(CCP_SHELL_RC_UNUSABLE)') });
    expect(ShellIntegration.examples.length).toBeGreaterThan(2);
  });
});
