import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ShellKind, writeShellFiles } from '@ccproxy/shell-integration';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Allow from './commands/allow.js';
import Restart from './commands/restart.js';
import Start from './commands/start.js';
import { runCommand } from './testing/run-command.js';
import { TestHome } from './testing/test-home.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
  mkdirSync(home.state, { mode: 0o700 });
  home.write('.ccproxy/ccproxy.yaml', 'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\n');
  mkdirSync(join(home.root, 'app'), { mode: 0o700 });
  home.write('app/.ccproxy.yaml', 'limits: {}\n');
});
afterEach(() => home.end());

const env = (): Record<string, string> => ({ ...home.env, PATH: process.env['PATH'] ?? '' });
const hookOf = (shell: ShellKind): string => join(home.paths.shellDir, `hook.${shell}`);
const versionOf = (shell: ShellKind): string | undefined =>
  /version (\S+)\. /.exec(readFileSync(hookOf(shell), 'utf8').split('\n')[0] ?? '')?.[1];
const write = (shell: ShellKind, version: string) =>
  writeShellFiles(shell, { stateDir: home.paths.root, shellDir: home.paths.shellDir, version, tree: [] });

it.each([
  ['start', async () => runCommand(Start, [], env())],
  ['restart', async () => runCommand(Restart, [], env())],
  ['allow', async () => runCommand(Allow, [join(home.root, 'app')], env())],
])(
  '[D1] `ccproxy %s` after an upgrade renews the hooks an older version wrote, but not one that was edited or is newer',
  async (_, run) => {
    await write('zsh', '0.0.0-0');
    await write('fish', '0.0.0-0');
    await write('bash', '999.0.0');
    appendFileSync(hookOf('fish'), '# mine\n');
    const { exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([0, '']);
    expect([versionOf('zsh'), versionOf('fish'), versionOf('bash')]).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
      '0.0.0-0',
      '999.0.0',
    ]);
  },
);
