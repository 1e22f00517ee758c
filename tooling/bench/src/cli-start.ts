import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ccproxyBin, createTempHome, type Processes, startDaemon } from '@ccproxy-internal/test-kit';
import { nowUs } from './client.ts';
import { ratioOf } from './statistics.ts';

/** Commands whose start is measured, and why. */
const commands: readonly (readonly [args: readonly string[], what: string])[] = [
  [['status'], 'has a fast path before the command framework'],
  [['config', 'path'], 'goes through the command framework'],
];
const runsPerRound = 5;

/** Time of `ccproxy status` and of an ordinary command beside that of an empty Node, as Markdown. '' when the command line is not built. */
export async function measureCommandStart(processes: Processes, rounds: number): Promise<string> {
  if (!existsSync(ccproxyBin)) return '';
  using home = createTempHome();
  const daemon = await startDaemon({
    home,
    processes,
    config: { providers: { demo: { type: 'demo' } }, models: { default: { provider: 'demo' } } },
  });
  const env = home.env();
  const run = (args: readonly string[]): number => {
    const begun = nowUs();
    const { status, stderr } = spawnSync(process.execPath, args, { env, cwd: home.work, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${stderr}`);
    return nowUs() - begun;
  };
  const fastest = (args: readonly string[]): number => Math.min(...Array.from({ length: runsPerRound }, () => run(args)));

  const empty: number[] = [];
  const measured = commands.map(([args, what]) => ({ args, what, times: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    const base = fastest(['-e', '0']);
    const times = measured.map(({ args }) => fastest([ccproxyBin, ...args]));
    if (round === 0) continue; // fills the compile cache
    empty.push(base);
    measured.forEach((entry, index) => entry.times.push(times[index] ?? Number.NaN));
  }
  await daemon.stop();
  const rows = measured.map(({ args, what, times }) => {
    const { median, min, max } = ratioOf(times, empty);
    return `| \`ccproxy ${args.join(' ')}\` | ${median.toFixed(2)}× | ${min.toFixed(2)} to ${max.toFixed(2)} | ${what} |\n`;
  });
  return `| command | ratio | rounds | |\n|---|--:|--:|---|\n${rows.join('')}`;
}
