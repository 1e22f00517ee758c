import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have used so far. */
export interface ProcessStats {
  readonly rssMb: number;
  /** CPU time of all threads, microseconds, from the scheduler's statistics: hardly disturbed by neighbours. */
  readonly cpuUs: number;
}

/** Read from /proc: NaN on other systems than Linux. */
export function processStats(pid: number): ProcessStats {
  if (process.platform !== 'linux') return { rssMb: Number.NaN, cpuUs: Number.NaN };
  const all = family(pid).map((member) => ({ rssMb: rssMb(member), cpuUs: cpuUs(member) }));
  return { rssMb: sum(all.map((member) => member.rssMb)), cpuUs: sum(all.map((member) => member.cpuUs)) };
}

function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : '';
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const collect = (member: number): number[] => [member, ...(children.get(member) ?? []).flatMap(collect)];
  return collect(pid);
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function cpuUs(pid: number): number {
  return sum(threads(pid).map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / 1000));
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended: it uses nothing any more.
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended: it uses nothing any more.
    return '';
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
