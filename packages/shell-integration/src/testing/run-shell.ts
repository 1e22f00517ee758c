import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSnapshots, scriptPrelude, type ScriptWords, scriptWords, type Snapshot } from './shell-script.js';
import type { TestedShell, TestWorld } from './test-world.js';

export interface ShellRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  /** What `show` printed, by label. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** One snapshot; throws when the script did not get there. */
  readonly at: (label: string) => Snapshot;
}

export interface RunShellOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Load the hook before the steps; true. */
  readonly hook?: boolean;
  /** Arguments before the script. */
  readonly args?: readonly string[];
  /** The shell reads the steps as an interactive one does, each line after a prompt; not for fish, which needs a terminal for that. */
  readonly interactive?: boolean;
  /** One byte of the script per character, for names that are not UTF-8; then also the output is read so. */
  readonly bytes?: boolean;
  /** Run by this program, which gets the command line of the shell. */
  readonly through?: readonly string[];
}

let serial = 0;
const plainArgs: Readonly<Record<TestedShell, readonly string[]>> = { bash: ['--norc', '--noprofile'], zsh: ['-f'], fish: ['--no-config'] };

/** Runs steps in a real shell that has loaded the hook. The environment is exactly HOME, PATH, TERM, LC_ALL and what is given. */
export async function runShell(
  shell: TestedShell,
  world: TestWorld,
  steps: (words: ScriptWords) => readonly string[],
  options: RunShellOptions = {},
): Promise<ShellRun> {
  const words = scriptWords(shell);
  const name = path.join(path.dirname(world.home), `script-${(serial += 1)}`);
  const lines = [scriptPrelude(shell), ...(options.hook === false ? [] : [words.source(world.hookFile(shell))]), ...steps(words)];
  const encoding = options.bytes === true ? 'latin1' : 'utf8';
  await writeFile(name, `${lines.join('\n')}\n`, encoding);
  const last = options.interactive === true ? '-i' : name;
  const command = [...(options.through ?? []), shell, ...(options.args ?? plainArgs[shell]), last];
  const child = spawn('/bin/sh', ['-c', `exec "$@" 9>"$0.out" <${options.interactive === true ? '"$0"' : '/dev/null'}`, name, ...command], {
    cwd: options.cwd ?? world.home,
    env: { HOME: world.home, PATH: process.env['PATH'] ?? '/usr/bin:/bin', TERM: 'dumb', LC_ALL: 'C.UTF-8', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, status] = await Promise.all([
    collect(child.stdout, encoding),
    collect(child.stderr, encoding),
    new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }),
  ]);
  const snapshots = readSnapshots(await readFile(`${name}.out`, encoding));
  await rm(name);
  await rm(`${name}.out`);
  const at = (label: string): Snapshot => {
    const snapshot = snapshots.get(label);
    if (snapshot === undefined) throw new Error(`${shell} did not reach "${label}" (status ${status}): ${stdout}${stderr}`);
    return snapshot;
  };
  return { stdout, stderr, status, snapshots, at };
}

async function collect(stream: NodeJS.ReadableStream, encoding: BufferEncoding): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString(encoding);
}
