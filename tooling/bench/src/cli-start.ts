import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ccproxyBin, createTempHome, type Processes, startDaemon, type TempHome } from '@ccproxy-internal/test-kit';
import { nowUs } from './client.ts';
import { endlessCommands, measuredCommands } from './measured-commands.ts';
import { ratioOf } from './statistics.ts';

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
  const project = furnish(home);
  const env = home.env({ PATH: [join(home.home, 'bin'), process.env['PATH'] ?? ''].join(delimiter), SHELL: '/bin/bash' });
  const run = (args: readonly string[], ends = 0): number => {
    const begun = nowUs();
    const { status, stderr } = spawnSync(process.execPath, args, { env, cwd: project, encoding: 'utf8' });
    if (status !== ends) throw new Error(`node ${args.join(' ')} ended with ${status ?? 'a signal'}:\n${stderr}`);
    return nowUs() - begun;
  };
  run([ccproxyBin, 'allow']);
  await ask(daemon.url);
  const measured = [
    { args: ['-e', '0'], ends: 0 },
    ...measuredCommands.map(({ args, ends }) => ({ args: [ccproxyBin, ...args], ends })),
  ].map((each) => ({ ...each, times: [] as number[] }));
  for (const { args, ends } of measured) run(args, ends); // fills the compile cache
  for (let round = 0; round < rounds; round++) {
    // In turn: what disturbs a command disturbs the empty Node beside it.
    const runs = Array.from({ length: runsPerRound }, () => measured.map(({ args, ends }) => run(args, ends)));
    measured.forEach(({ times }, index) => times.push(Math.min(...runs.map((each) => each[index] ?? Number.NaN))));
  }
  await daemon.stop();
  const [empty, ...rest] = measured.map(({ times }) => times);
  const rows = measuredCommands.map(({ name, what, bar }, index) => {
    const { median, min, max } = ratioOf(rest[index] ?? [], empty ?? []);
    const holds = median <= bar ? 'yes' : '**no**';
    return `| ${name} | ${median.toFixed(2)}× | ${min.toFixed(2)} to ${max.toFixed(2)} | ≤ ${bar}× | ${holds} | ${what} |\n`;
  });
  const left = endlessCommands.map(([commands, why]) => `- ${commands}: ${why}\n`);
  return `| command | ratio | rounds | bar | holds | |\n|---|--:|--:|--:|--:|---|\n${rows.join('')}\nNot measured, because their time is not theirs:\n\n${left.join('')}`;
}

/** A project, a request of a client, a client that does nothing, and the file of another program; answers the project. */
function furnish(home: TempHome): string {
  const project = join(home.work, 'project');
  mkdirSync(project);
  writeFileSync(join(project, '.ccproxy.yaml'), 'limits: { output: 1000 }\n');
  writeFileSync(join(project, 'request.json'), JSON.stringify(request));
  writeFileSync(
    join(project, 'ccr.json'),
    JSON.stringify({
      Providers: [{ name: 'a', api_base_url: 'https://api.example.com/v1/chat/completions', api_key: '$KEY', models: ['m'] }],
      Router: { default: 'a,m' },
    }),
  );
  home.write('bin/claude', '#!/bin/sh\necho "2.1.328 (Claude Code)"\n', 0o755);
  return project;
}

const request = { model: 'claude-opus-5-5', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

/** One request, so that there is a decision to explain. */
async function ask(url: string): Promise<void> {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(request),
  });
  await answer.text();
}
