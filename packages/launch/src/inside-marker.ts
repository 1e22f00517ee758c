import { errors } from './errors.js';

/**
 * Variable in the environment of a client that ccproxy started: `<depth>:<pid>` when the process of that pid runs the client as a child,
 * `<depth>=<pid>` when it turned into the client.
 */
export const insideMarker = 'CCPROXY_INSIDE';

/** Sessions may start sessions (a tool that runs `claude -p`), but not this deep. */
const deepest = 8;

type Environment = Readonly<Record<string, string | undefined>>;

/** The value for the next client. */
export function nextInsideMarker(env: Environment, launcher: { readonly pid: number; readonly becomes: boolean }): string {
  return `${(read(env)?.depth ?? 0) + 1}${launcher.becomes ? '=' : ':'}${launcher.pid}`;
}

/**
 * Refuses to go on when the program a launcher started was ccproxy again: its parent is the launcher that left the mark, or it is that very
 * process; the mark is not one of ours; or there are too many on top of each other. A session started from within a session is in order.
 * @throws CCP_CLAUDE_INSIDE
 */
export function refuseInside(env: Environment, self: { readonly pid: number; readonly parentPid: number }): void {
  const value = env[insideMarker];
  if (value === undefined || value === '') return;
  const mark = read(env);
  // A process that turned into the client may well be the parent of a session: of one a tool of the client started.
  const launched = mark?.becomes === true ? self.pid : self.parentPid;
  if (mark !== undefined && mark.launcher !== launched && mark.depth < deepest) return;
  throw errors.CCP_CLAUDE_INSIDE({ message: 'the program started as Claude Code is ccproxy itself' });
}

function read(env: Environment): { readonly depth: number; readonly launcher: number; readonly becomes: boolean } | undefined {
  const [, depth, kind, launcher] = /^(\d{1,3})([:=])(\d{1,10})$/u.exec(env[insideMarker] ?? '') ?? [];
  return depth === undefined || launcher === undefined
    ? undefined
    : { depth: Number(depth), launcher: Number(launcher), becomes: kind === '=' };
}
