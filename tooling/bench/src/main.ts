import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, type } from 'node:os';
import { createProcesses, createTempHome, repositoryRoot } from '@ccproxy-internal/test-kit';
import { judge } from './bars.ts';
import { createBodies } from './bodies.ts';
import { measureCommandStart } from './cli-start.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { renderPerformancePage } from './performance-page.ts';
import { renderReport } from './report.ts';
import { badTotals, type Results } from './results.ts';
import { runRounds } from './run-rounds.ts';
import { measureShellHooks } from './shell/measure-shell.ts';
import { ccproxy, targetSpecs } from './targets/target-specs.ts';
import { startUpstream } from './targets/upstream-process.ts';
import { allWorkloads } from './workloads/all-workloads.ts';

/** `npm run bench`: exit code 1 when a bar does not hold or a target failed requests. */
const say = (line: string): void => console.error(line);

async function measure(options: BenchOptions): Promise<{ results: Results; commandStart: string; shell: string }> {
  await using processes = createProcesses();
  using home = createTempHome();
  const upstream = await startUpstream(processes);
  const workloads = allWorkloads.filter(({ name }) => options.workloads.includes(name));
  const start = options.workloads.includes('start');
  const recorded =
    workloads.length > 0 || start
      ? await runRounds({
          specs: await targetSpecs(upstream.url, options.only, home),
          workloads,
          rounds: options.rounds,
          start,
          bodies: createBodies(),
          upstream,
          processes,
          say,
        })
      : {};
  const commandStart = options.workloads.includes('cli-start') ? await measureCommandStart(processes, options.rounds) : '';
  const shell = options.workloads.includes('shell') ? await measureShellHooks(processes, options.rounds, say) : '';
  // Of the five minutes before: what it says beyond the bench's own one or two is the work of others.
  const [, load = Number.NaN] = loadavg();
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  const machine = `${type()} ${process.arch}, ${cores}, load average ${load.toFixed(1)}`;
  const results = {
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    machine,
    rounds: options.rounds,
    workloads: recorded,
  };
  return { results, commandStart, shell };
}

const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(usage);
} else {
  const { results, commandStart, shell } = await measure(options);
  console.log(renderReport(results) + commandStart + shell);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  if (options.writeDocs)
    writeFileSync(`${repositoryRoot}/docs/reference/performance.md`, renderPerformancePage(results, commandStart + shell));
  if (badTotals(results).length > 0 || judge(results, ccproxy).some(({ holds }) => !holds)) process.exitCode = 1;
}
