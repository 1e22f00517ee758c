import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxyBin, createTempHome, type Processes, startDaemon } from '@ccproxy-internal/test-kit';
import { nowUs } from './client.ts';
import { ratioOf } from './statistics.ts';

interface MeasuredCommand {
  readonly args: readonly string[];
  /** Why it is measured. */
  readonly what: string;
  /** Most times the start of an empty Node. */
  readonly bar: number;
}

const command = (args: string, what: string, bar = 4): MeasuredCommand => ({ args: args.split(' '), what, bar });

const commands: readonly MeasuredCommand[] = [
  command('status', 'asks the daemon, before the command framework is loaded', 1.5),
  command('--help', 'reads every plugin'),
  command('config path', 'reads and checks the configuration'),
  command('logs', 'prints the configuration too'),
  command('route list', 'compiles the rules too'),
  command('config reload', 'asks the daemon through the command framework'),
  command('env', 'opens a session for the project of a directory'),
  command('shell-integration zsh', 'writes the hook of a shell'),
];
const runsPerRound = 5;

/** Time of commands beside that of an empty Node, one after the other in every run, as Markdown. '' when the command line is not built. */
export async function measureCommandStart(processes: Processes, rounds: number): Promise<string> {
  if (!existsSync(ccproxyBin)) return '';
  using home = createTempHome();
  const daemon = await startDaemon({
    home,
    processes,
    config: { providers: { demo: { type: 'demo' } }, models: { default: { provider: 'demo' } } },
  });
  const project = join(home.work, 'project');
  mkdirSync(project);
  writeFileSync(join(project, '.ccproxy.yaml'), 'limits: { output: 1000 }\n');
  const env = home.env();
  const run = (args: readonly string[]): number => {
    const begun = nowUs();
    const { status, stderr } = spawnSync(process.execPath, args, { env, cwd: project, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${stderr}`);
    return nowUs() - begun;
  };
  const measured = [['-e', '0'], ...commands.map(({ args }) => [ccproxyBin, ...args])].map((args) => ({ args, times: [] as number[] }));

  run([ccproxyBin, 'allow']);
  for (const { args } of measured) run(args); // fills the compile cache
  for (let round = 0; round < rounds; round++) {
    // In turn: what disturbs a command disturbs the empty Node beside it.
    const runs = Array.from({ length: runsPerRound }, () => measured.map(({ args }) => run(args)));
    measured.forEach(({ times }, index) => times.push(Math.min(...runs.map((times) => times[index] ?? Number.NaN))));
  }
  await daemon.stop();
  const [empty, ...rest] = measured.map(({ times }) => times);
  const rows = commands.map(({ args, what, bar }, index) => {
    const { median, min, max } = ratioOf(rest[index] ?? [], empty ?? []);
    const holds = median <= bar ? 'yes' : '**no**';
    return `| \`ccproxy ${args.join(' ')}\` | ${median.toFixed(2)}× | ${min.toFixed(2)} to ${max.toFixed(2)} | ≤ ${bar}× | ${holds} | ${what} |\n`;
  });
  return `| command | ratio | rounds | bar | holds | |\n|---|--:|--:|--:|--:|---|\n${rows.join('')}`;
}
