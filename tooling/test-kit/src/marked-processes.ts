import { readdirSync, readFileSync } from 'node:fs';

/** Finds the processes of one test run, again and again; keeps in mind which it has found. */
export type MarkedProcesses = () => number[];

/**
 * A search for the living processes that were started with `NAME=value` in their environment. Linux only; elsewhere none are found.
 * A process that is about to end gives its environment back before it becomes a zombie (`exit_mm` comes before `exit_notify`
 * in the kernel's `do_exit`): one that was found before counts as living until it is a zombie or gone.
 */
export function markedProcesses(mark: string): MarkedProcesses {
  if (process.platform !== 'linux') return () => [];
  /** pid → when it started, in ticks since boot: a pid is used again. */
  const found = new Map<number, string>();
  return () => {
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry);
      if (Number.isInteger(pid) && pid !== process.pid && !found.has(pid) && carries(pid, mark)) found.set(pid, startOf(pid) ?? '');
    }
    for (const [pid, start] of found) if (startOf(pid) !== start) found.delete(pid);
    return [...found.keys()];
  };
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
  } catch {
    // Ended meanwhile, or another user's: neither is ours.
    return false;
  }
}

/** Field 22 of `/proc/<pid>/stat` (man 5 proc); the name in parentheses may hold spaces. undefined for a zombie and for none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
