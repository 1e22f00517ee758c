import { readFileSync } from 'node:fs';

/** Clock ticks per second of `/proc`, on every architecture Node runs on. */
const ticksPerSecond = 100;

/** CPU time a process has used so far, ms; undefined where `/proc` is missing. */
export function processCpuMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = (readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '').split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
