import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxyBin, createTempHome, type Processes, startDaemon, type TempHome } from '@ccproxy-internal/test-kit';
import { median } from '../statistics.ts';
import { renderShellReport, type ShellFigures } from './render-shell-report.ts';

export type BenchedShell = 'bash' | 'zsh' | 'fish';
const shells: readonly BenchedShell[] = ['bash', 'zsh', 'fish'];
const plain: Readonly<Record<BenchedShell, readonly string[]>> = { bash: ['--norc', '--noprofile'], zsh: ['-f'], fish: ['--no-config'] };
/** What one step does: see the drivers. */
const scenarios = ['idle_out', 'idle_in', 'cd_out', 'cd_in', 'switch'] as const;
export type ShellScenario = (typeof scenarios)[number] | 'start';

const emptyHook: Readonly<Record<BenchedShell, string>> = {
  bash: '__e() { :; }\nPROMPT_COMMAND=__e\n',
  zsh: '__e() { : }\nprecmd_functions=(__e); chpwd_functions=(__e)\n',
  fish: 'function __e --on-event fish_prompt; end\nfunction __f --on-variable PWD; end\n',
};
const othersHook = (tool: string, shell: BenchedShell): string => {
  const word = tool === 'mise' ? 'activate' : 'hook';
  return shell === 'fish' ? `${tool} ${word} fish | source\n` : `eval "$(${tool} ${word} ${shell})"\n`;
};
/** The empty hook once more, measured as if it were a tool: what comes out is noise. */
const control = 'control';
/**
 * Steps of one run. CPU time is read in milliseconds, user and system each: a run has to last a quarter of a second for that to be less than a
 * hundredth of it. Tools that start a process at every prompt get there sooner.
 */
function steps(hook: string, shell: BenchedShell, scenario: ShellScenario): number {
  const idle = scenario === 'idle_out' || scenario === 'idle_in';
  if (hook !== 'ccproxy' && hook !== 'empty' && hook !== control) return idle ? 50 : 12;
  if (shell === 'fish') return idle ? 3000 : 250;
  return idle ? 8000 : 1500;
}

/** Starts of a shell in one run. */
const starts = 30;

/** Cost of the hooks beside those of the tools that are installed, in one run; Markdown. Every hook has to show first that it activates. */
export async function measureShellHooks(processes: Processes, rounds: number, say: (line: string) => void): Promise<string> {
  using home = createTempHome();
  await startDaemon({ home, processes, config: { providers: { demo: { type: 'demo' } }, models: { default: { provider: 'demo' } } } });
  const bench = prepare(home);
  const tools = ['direnv', 'mise'].filter((tool) => spawnSync(tool, ['--version']).error === undefined);
  const figures: ShellFigures[] = [];
  for (const shell of shells) {
    const hooks = ['empty', control, 'ccproxy', ...tools];
    for (const hook of hooks) bench.prepare(hook, shell);
    for (const hook of hooks.slice(2)) for (const scenario of scenarios) bench.check(shell, hook, scenario);
    for (const scenario of [...scenarios, 'start'] as const) {
      say(`shell: ${shell} ${scenario}`);
      const times: Record<string, number[]> = Object.fromEntries(hooks.map((hook) => [hook, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const hook of hooks) times[hook]?.push(scenario === 'start' ? bench.start(shell, hook) : bench.step(shell, hook, scenario));
      }
      const empty = times['empty'] ?? [];
      // Against the empty hook of the same round: what else runs on the machine changes from one round to the next.
      const net = Object.fromEntries(
        hooks.slice(1).map((hook) => [hook, median((times[hook] ?? []).map((time, round) => time - (empty[round] ?? Number.NaN)))]),
      );
      figures.push({ shell, scenario, empty: median(empty), net });
    }
    for (const hook of hooks.slice(2)) bench.check(shell, hook, 'switch');
  }
  return renderShellReport(figures, tools);
}

/** The fixture: a project that every tool is allowed to act in, below a home of its own, where the variable has a value of the user's. */
function prepare(home: TempHome) {
  const place = join(home.work, 'src', 'group');
  for (const folder of ['out/a', 'out/b', 'proj/s1', 'proj/s2']) home.write(join('work/src/group', folder, '.keep'), '');
  const project = join(place, 'proj');
  home.write('work/src/group/proj/.ccproxy.yaml', 'limits: {}\n');
  home.write('work/src/group/proj/.envrc', 'export ANTHROPIC_BASE_URL=http://127.0.0.1:4141/p/abc\nexport CCPROXY_PROFILE=work\n');
  home.write('work/src/group/proj/mise.toml', '[env]\nANTHROPIC_BASE_URL="http://127.0.0.1:4141/p/abc"\nCCPROXY_PROFILE="work"\n');
  const own = 'http://127.0.0.1:9/users-own';
  const env = home.env({
    W: place,
    VAR: 'ANTHROPIC_BASE_URL',
    VAR_OUT: own,
    ANTHROPIC_BASE_URL: own,
    TERM: 'xterm-256color',
    LC_ALL: 'C',
    DIRENV_LOG_FORMAT: '',
    MISE_OFFLINE: '1',
  });
  execFileSync(process.execPath, [ccproxyBin, 'allow', project], { env, stdio: 'ignore' });
  spawnSync('direnv', ['allow', project], { env });
  spawnSync('mise', ['trust', '-y', project], { env });
  // Ours is the file that the lines in the start-up file load, where the command puts it; the other tools' lines are those of their manuals.
  const hookFile = (hook: string, shell: BenchedShell): string =>
    hook === 'ccproxy' ? join(home.stateDir, 'shell', `hook.${shell}`) : join(home.home, `${hook}.${shell}`);
  const timer = home.write('timer', '#!/bin/bash\nTIMEFORMAT="%U %S"\n{ time "$@" >/dev/null 2>&1; } 2>&1\n', 0o755);
  chmodSync(timer, 0o755);
  /** CPU of a command and of all it started, in microseconds. */
  const cpu = (...command: readonly string[]): number => {
    const [user = Number.NaN, system = Number.NaN] = execFileSync(timer, command, { env, cwd: home.work, encoding: 'utf8' })
      .trim()
      .split(' ')
      .map(Number);
    return (user + system) * 1e6;
  };
  const driver = (shell: BenchedShell): string => join(import.meta.dirname, `driver.${shell}`);
  const run = (shell: BenchedShell, hook: string, scenario: string, count: number): number =>
    cpu(shell, ...plain[shell], driver(shell), hookFile(hook, shell), scenario, `${count}`);
  return {
    prepare: (hook: string, shell: BenchedShell): void => {
      if (hook === 'ccproxy') execFileSync(process.execPath, [ccproxyBin, 'shell-integration', shell], { env, stdio: 'ignore' });
      else writeFileSync(hookFile(hook, shell), hook === 'empty' || hook === control ? emptyHook[shell] : othersHook(hook, shell));
    },
    check: (shell: BenchedShell, hook: string, scenario: string): void => {
      const { stdout } = spawnSync(shell, [...plain[shell], driver(shell), hookFile(hook, shell), scenario, 'check'], {
        env,
        cwd: home.work,
        encoding: 'utf8',
      });
      if (stdout.trim().split('\n').at(-1) !== 'ok') throw new Error(`The hook of ${hook} does not activate in ${shell}: ${stdout}`);
    },
    step: (shell: BenchedShell, hook: string, scenario: ShellScenario): number => {
      const count = steps(hook, shell, scenario);
      return (run(shell, hook, scenario, count) - run(shell, hook, scenario, 0)) / count;
    },
    start: (shell: BenchedShell, hook: string): number => {
      const source = shell === 'fish' ? 'source' : '.';
      const one = [shell, ...plain[shell], '-c', `'${source} ${hookFile(hook, shell)}'`].join(' ');
      return cpu('sh', '-c', `i=0; while [ $i -lt ${starts} ]; do ${one}; i=$((i+1)); done`) / starts;
    },
  };
}
