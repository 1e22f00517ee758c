import type { ChildProcess, spawn as nodeSpawn } from 'node:child_process';
import type { SuccessorRequest } from './daemon-context.js';

export interface SpawnSuccessorOptions {
  readonly spawn: typeof nodeSpawn;
  readonly node: string;
  readonly execArgv: readonly string[];
  readonly entry: string;
  /** Arguments and environment of this process, for what the request does not name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly request: SuccessorRequest;
}

/** Arguments a daemon gives its successor itself. */
const ownMarks = new Set(['--takeover', '--pinned', '--auto']);

/** Starts the process that is to take over: detached, with a message channel; its words before its log is open go where ours go. */
export function spawnSuccessor(options: SpawnSuccessorOptions): ChildProcess {
  const { pinned, auto } = options.request;
  const argv = (options.request.argv ?? options.argv).filter((argument) => !ownMarks.has(argument));
  const marks = ['--takeover', ...(pinned ? ['--pinned'] : []), ...(auto ? ['--auto'] : [])];
  return options.spawn(options.node, [...options.execArgv, options.entry, ...argv, ...marks], {
    detached: true,
    env: { ...(options.request.env ?? options.env) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    windowsHide: true,
  });
}
