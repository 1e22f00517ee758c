import type { ProcessTable } from './process-table.js';
import { createProcessTable } from './process-table.js';

/** A process, told apart from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in the unit of its platform (Linux: clock ticks since boot, macOS: seconds since the epoch); 0 = not known. */
  readonly startTicks: number;
  /** Id of the boot the ticks belong to; empty = not known. */
  readonly bootId: string;
}

/** The identity of this process. */
export function currentProcessIdentity(table: ProcessTable = createProcessTable()): ProcessIdentity {
  return readProcessIdentity(process.pid, table) ?? { pid: process.pid, startTicks: 0, bootId: '' };
}

/** The identity of a live process; undefined when there is none. A zombie counts as none. */
export function readProcessIdentity(pid: number, table: ProcessTable = createProcessTable()): ProcessIdentity | undefined {
  const startTicks = table.startTicks(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: table.bootId() };
}

/**
 * True while that very process runs: the pid exists, and its start and boot are the recorded ones. What is not known on either side
 * (a platform without start times) is not compared, so that an unknown start never makes a live process look dead.
 */
export function isAlive(identity: ProcessIdentity, table: ProcessTable = createProcessTable()): boolean {
  const bootId = table.bootId();
  if (identity.bootId !== '' && bootId !== '' && identity.bootId !== bootId) return false;
  const startTicks = table.startTicks(identity.pid);
  if (startTicks === undefined) return false;
  return identity.startTicks === 0 || startTicks === 0 || identity.startTicks === startTicks;
}
