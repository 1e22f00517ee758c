import { readdirSync, readFileSync } from 'node:fs';

/** Pids of living processes with `NAME=value` in the environment they were started with. Linux only; elsewhere none are found. */
export function findMarkedProcesses(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      // A zombie has no environment any more and is not found: it holds nothing.
      return environment.includes(mark) ? [pid] : [];
    } catch {
      // Ended meanwhile, or another user's: neither is ours.
      return [];
    }
  });
}
