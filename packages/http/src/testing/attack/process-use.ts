import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  readonly rssMb: number;
  readonly openFiles: number;
}

/** Memory and open files of a process; undefined where the system does not show them. */
export function readProcess(pid: number): ProcessUse | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { rssMb: Number(kilobytes ?? 0) / 1024, openFiles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    // Not Linux, or the process is gone: growth is not judged, the liveness check says the rest.
    return undefined;
  }
}

/** Whether memory and open files grew less than allowed; true when they cannot be seen. */
export const grewLess = (
  before: ProcessUse | undefined,
  after: ProcessUse | undefined,
  { rssMb = Infinity, openFiles = Infinity }: Partial<ProcessUse>,
): boolean =>
  before === undefined || after === undefined || (after.rssMb - before.rssMb < rssMb && after.openFiles - before.openFiles < openFiles);
