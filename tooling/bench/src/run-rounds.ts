import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from '@ccproxy-internal/test-kit';
import type { Bodies } from './bodies.ts';
import { processStats } from './process-stats.ts';
import { type StartedTarget, startTarget, stopTarget, type Target, type TargetSpec } from './targets/target.ts';
import type { Upstream } from './targets/upstream-process.ts';
import type { Figures, Workload } from './workloads/workload.ts';

export interface Plan {
  readonly specs: readonly TargetSpec[];
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  /** Whether start-up and memory at rest are measured. */
  readonly start: boolean;
  readonly bodies: Bodies;
  readonly upstream: Upstream;
  readonly processes: Processes;
  say(line: string): void;
}

type Recorded = Record<string, Record<string, Figures[]>>;

/** Measures every target in every round, in a rotated order: what disturbs a round disturbs all of its targets. */
export async function runRounds(plan: Plan): Promise<Recorded> {
  const recorded: Recorded = {};
  const record = (workload: string, target: string, figures: Figures): void => {
    ((recorded[workload] ??= {})[target] ??= []).push(figures);
  };
  if (plan.start) await measureStart(plan, record);

  const started = await startAll(plan);
  const targets: readonly Target[] = [{ name: 'direct', baseUrl: plan.upstream.url, pid: undefined }, ...started];
  for (const workload of plan.workloads) {
    await plan.upstream.setMode(workload.mode);
    const meant = targets.filter(({ workloads }) => workloads?.includes(workload.name) ?? true);
    for (let round = 0; round < plan.rounds; round++) {
      for (const target of rotated(meant, round)) record(workload.name, target.name, await workload.run(target, plan.bodies, round === 0));
    }
    plan.say(`${workload.name}: done`);
  }
  await Promise.all(started.map(stopTarget));
  return recorded;
}

/** Start-up, and memory after some seconds at rest, each target alone. */
async function measureStart(plan: Plan, record: (workload: string, target: string, figures: Figures) => void): Promise<void> {
  await plan.upstream.setMode({ stream: false });
  for (let round = 0; round < plan.rounds; round++) {
    for (const spec of rotated(
      plan.specs.filter(({ workloads }) => workloads === undefined),
      round,
    )) {
      const target = await startTarget(spec, plan.processes, plan.bodies.small);
      await sleep(1500);
      record('start', spec.name, { startMs: target.startMs, idleRssMb: processStats(target.pid).rssMb, bad: 0 });
      await stopTarget(target);
    }
  }
  plan.say('start: done');
}

async function startAll(plan: Plan): Promise<StartedTarget[]> {
  await plan.upstream.setMode({ stream: false });
  const started: StartedTarget[] = [];
  const wanted = plan.specs.filter(({ workloads }) => workloads?.some((name) => plan.workloads.some((each) => each.name === name)) ?? true);
  for (const spec of wanted) started.push(await startTarget(spec, plan.processes, plan.bodies.small));
  return started;
}

const rotated = <T>(list: readonly T[], by: number): T[] =>
  list.map((_, index) => list[(index + by) % list.length]).filter((item) => item !== undefined);
