import { readFileSync } from 'node:fs';
import { errnoOf } from './errno-error.js';

/** What is known about processes: one interface, one implementation per kind of platform. */
export interface ProcessTable {
  /** Id of this boot; empty where the platform has none. */
  bootId(): string;
  /** Start of a live process, 0 when it lives but its start is not known, undefined when there is no such process or it is a zombie. */
  startTicks(pid: number): number | undefined;
}

/** What a process table reads; replaced in tests of other platforms. */
export interface ProcessTableSources {
  readonly readText: (file: string) => string;
  readonly run: (command: string, args: readonly string[]) => string;
  readonly signal0: (pid: number) => void;
}

const systemSources: ProcessTableSources = {
  readText: (file) => readFileSync(file, 'latin1'),
  // Only ps needs it, and it costs more to load than all the rest.
  run: (command, args) =>
    process.getBuiltinModule('node:child_process').execFileSync(command, args, {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' },
      timeout: 2000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  signal0: (pid) => void process.kill(pid, 0),
};

/** Linux: `/proc`. macOS and the BSDs: `ps`. Windows and others: only whether the pid exists; the IPC handshake has to tell the rest. */
export function createProcessTable(
  platform: NodeJS.Platform = process.platform,
  sources: ProcessTableSources = systemSources,
): ProcessTable {
  if (platform === 'linux') return procTable(sources);
  if (platform === 'darwin' || platform === 'freebsd' || platform === 'openbsd') return psTable(sources);
  return { bootId: () => '', startTicks: (pid) => (exists(pid, sources) ? 0 : undefined) };
}

function procTable(sources: ProcessTableSources): ProcessTable {
  return {
    bootId: () => readOr(() => sources.readText('/proc/sys/kernel/random/boot_id').trim(), ''),
    startTicks(pid) {
      if (!isPid(pid)) return undefined;
      // Where /proc cannot be read (EMFILE, a hidden /proc) the pid alone has to do: never call a live process dead.
      const stat = readOr(() => sources.readText(`/proc/${pid}/stat`), undefined);
      if (stat === undefined) return exists(pid, sources) ? 0 : undefined;
      return parseProcStat(stat);
    },
  };
}

/** Field 22 of `/proc/<pid>/stat` (man 5 proc); the name in parentheses may hold spaces and parentheses. undefined for a zombie. */
function parseProcStat(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : Number(fields[19] ?? 0);
}

function psTable(sources: ProcessTableSources): ProcessTable {
  return {
    bootId: () => '',
    startTicks(pid) {
      if (!exists(pid, sources)) return undefined;
      const line = readOr(() => sources.run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).trim(), '');
      if (line.startsWith('Z')) return undefined;
      const start = Date.parse(`${line.slice(line.indexOf(' ') + 1).trim()} UTC`);
      return Number.isNaN(start) ? 0 : start / 1000;
    },
  };
}

function exists(pid: number, sources: ProcessTableSources): boolean {
  if (!isPid(pid)) return false;
  try {
    sources.signal0(pid);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return errnoOf(error) === 'EPERM';
  }
}

function isPid(pid: number): boolean {
  return Number.isSafeInteger(pid) && pid > 0;
}

function readOr<T, F>(read: () => T, fallback: F): T | F {
  try {
    return read();
  } catch {
    // Whatever the reason, the caller has a weaker answer that stays right.
    return fallback;
  }
}
