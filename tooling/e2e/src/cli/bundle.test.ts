import { spawnSync } from 'node:child_process';
import { ccproxyBin, createTempHome } from '@ccproxy-internal/test-kit';
import { describe, expect, it } from 'vitest';

/** Runs the bundled command line, with colours as on a terminal where `env` asks for them. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  using home = createTempHome();
  return spawnSync(process.execPath, [ccproxyBin, ...args], { env: home.env(env), encoding: 'utf8' });
}

// What the bundle leaves unloaded until it is used: it has to be there when it is.
describe('[B6] the bundled command line', () => {
  it('says what is wrong with a command, in the words of the house', () => {
    const wrong = ['config import', 'config import --from nobody', 'config path --bogus', 'logs --lines many', 'exec', 'shell-integration'];
    for (const line of wrong) {
      const { status, stderr } = run(line.split(' '));
      expect([line, status, stderr]).toEqual([line, 2, expect.stringMatching(/\(CCP_(?:SHELL_)?USAGE\)/)]);
    }
  });

  it('shows help of the whole, of a topic and of a command, plain and in colours', () => {
    for (const [line, shown] of [
      ['--help', 'shell-integration'],
      ['config', 'config validate'],
      ['help config show', '--running'],
      ['route explain --help', '--header'],
    ] as const) {
      const plain = run(line.split(' '));
      expect([line, plain.status, plain.stdout]).toEqual([line, 0, expect.stringContaining(shown)]);
      const coloured = run(line.split(' '), { FORCE_COLOR: '3', TERM: 'xterm-256color' });
      expect([line, coloured.status, coloured.stdout]).toEqual([line, 0, expect.stringContaining('\u001b[')]);
    }
  });

  it('prints JSON, also in colours, and what oclif has to say when it is asked to', () => {
    expect(JSON.parse(run(['config', 'path', '--json']).stdout)).toMatchObject({ file: null });
    expect(run(['config', 'path', '--json'], { FORCE_COLOR: '3', TERM: 'xterm-256color' }).stdout).toContain('file');
    expect(run(['config', 'path'], { DEBUG: 'oclif*' }).stderr).toContain('config done');
  });

  it('prints the schema it was built with', () => {
    const { status, stdout } = run(['config', 'schema']);
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ properties: expect.objectContaining({ providers: expect.any(Object), webSearch: expect.any(Object) }) }),
    ]);
  });
});
