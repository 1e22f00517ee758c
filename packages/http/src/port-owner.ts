import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** The program that listens on a port, as far as this user may know. */
export interface PortOwner {
  readonly pid: number;
  /** Program and script name; arguments may hold secrets and are left out. */
  readonly command: string;
}

export interface PortOwnerOptions {
  readonly platform?: NodeJS.Platform;
  /** Mount point of the proc file system. */
  readonly procRoot?: string;
  /** Runs a program and returns what it wrote to stdout; rejects when it is missing or fails. */
  readonly run?: (program: string, args: readonly string[]) => Promise<string>;
}

const listening = '0A';
const interpreters = /^(?:node|nodejs|bun|deno|python[\d.]*|ruby|perl|java|bash|sh)$/;

const runProgram = async (program: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, [...args], { timeout: 2_000 })).stdout;

/** A file that cannot be read (another user's process, one that just ended, another system) tells nothing. */
const readOr = async (path: string, otherwise: string): Promise<string> => readFile(path, 'utf8').catch(() => otherwise);

/** Socket inodes that listen on the port, from `/proc/net/tcp` and `tcp6` (man 5 proc). */
async function listeningInodes(procRoot: string, port: number): Promise<ReadonlySet<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readOr(`${procRoot}/net/${name}`, '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[1]?.endsWith(suffix) === true && row[3] === listening).map((row) => `socket:[${row[9]}]`));
}

async function holds(directory: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (inodes.has(await readlink(`${directory}/${name}`).catch(() => ''))) return true;
  }
  return false;
}

function nameOf(commandLine: string): string {
  const [program = '', script] = commandLine.split('\0');
  const name = basename(program);
  return interpreters.test(name) && script !== undefined && script !== '' && !script.startsWith('-') ? `${name} ${basename(script)}` : name;
}

async function fromProc(procRoot: string, port: number): Promise<PortOwner | undefined> {
  const inodes = await listeningInodes(procRoot, port);
  if (inodes.size === 0) return undefined;
  const entries = await readdir(procRoot).catch(() => []);
  for (const pid of entries.filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(`${procRoot}/${pid}/fd`, inodes))) continue;
    return { pid: Number(pid), command: nameOf(await readOr(`${procRoot}/${pid}/cmdline`, '')) };
  }
  return undefined;
}

/** `lsof -F pc` writes `p<pid>` and `c<command>` lines. */
async function fromLsof(run: (program: string, args: readonly string[]) => Promise<string>, port: number): Promise<PortOwner | undefined> {
  const text = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).catch(() => '');
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.*)$/m.exec(text)?.[1] ?? '' };
}

/** Who listens on a TCP port of this machine. Best effort: undefined when the system does not tell this user. */
export async function portOwner(port: number, options: PortOwnerOptions = {}): Promise<PortOwner | undefined> {
  const { platform = process.platform, procRoot = '/proc', run = runProgram } = options;
  if (platform === 'win32') return undefined;
  const owner = platform === 'linux' ? await fromProc(procRoot, port) : undefined;
  return owner ?? fromLsof(run, port);
}
