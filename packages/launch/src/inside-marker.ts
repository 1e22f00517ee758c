import { errors } from './errors.js';

/** Variable in the environment of a client that ccproxy started: `<depth>:<pid of the launcher>`. */
export const insideMarker = 'CCPROXY_INSIDE';

/** Sessions may start sessions (a tool that runs `claude -p`), but not this deep. */
const deepest = 8;

type Environment = Readonly<Record<string, string | undefined>>;

/** The value for the next client. */
export function nextInsideMarker(env: Environment, pid: number): string {
  return `${(read(env)?.depth ?? 0) + 1}:${pid}`;
}

/**
 * Refuses to go on when the program a launcher started was ccproxy again: its parent is the launcher that left the mark, the mark is not
 * one of ours, or there are too many on top of each other. A session started from within a session is in order.
 * @throws CCP_CLAUDE_INSIDE
 */
export function refuseInside(env: Environment, parentPid: number): void {
  const value = env[insideMarker];
  if (value === undefined || value === '') return;
  const mark = read(env);
  if (mark !== undefined && mark.launcher !== parentPid && mark.depth < deepest) return;
  throw errors.CCP_CLAUDE_INSIDE({ message: 'the program started as Claude Code is ccproxy itself' });
}

function read(env: Environment): { readonly depth: number; readonly launcher: number } | undefined {
  const [, depth, launcher] = /^(\d{1,3}):(\d{1,10})$/u.exec(env[insideMarker] ?? '') ?? [];
  return depth === undefined || launcher === undefined ? undefined : { depth: Number(depth), launcher: Number(launcher) };
}
