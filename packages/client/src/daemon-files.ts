import { rm } from 'node:fs/promises';
import { type AppPaths, ensurePrivateDir, isAlive, parseJson, type ProcessIdentity, writeFileAtomic } from '@ccproxy/kernel';
import { type DaemonState, parseDaemonState } from './daemon-state.js';
import { readOwnFile, readToken } from './own-file.js';

/** What the files of a state directory say about its daemon. Only an answer on the control socket proves that it runs. */
export interface RecordedDaemon {
  /** `daemon.json`; undefined when absent, damaged, or another user's. */
  readonly state: DaemonState | undefined;
  /** Who holds `run/lock`; a daemon that is still starting has nothing else yet. */
  readonly lockOwner: ProcessIdentity | undefined;
  /** Content of `run/token`. */
  readonly token: string | undefined;
  /** The recorded process, if it is alive and the very one that was recorded. */
  readonly process: ProcessIdentity | undefined;
}

/**
 * Reads what is recorded about the daemon. Absent, damaged and foreign files are as good as none.
 * @throws CCP_PERMISSION_DENIED, CCP_TOO_MANY_FILES
 */
export async function readDaemonState(paths: AppPaths): Promise<RecordedDaemon> {
  const [json, lock, token] = await Promise.all([readOwnFile(paths.daemonFile), readOwnFile(paths.lockFile), readToken(paths)]);
  const state = json === undefined ? undefined : parseDaemonState(json);
  const lockOwner = lock === undefined ? undefined : parseIdentity(lock);
  return {
    state,
    lockOwner,
    token,
    process: [state, lockOwner].flatMap((recorded) => (recorded !== undefined && isAlive(recorded) ? [identityOf(recorded)] : []))[0],
  };
}

/** Writes `daemon.json` and the pid file (0600, whole or not at all). Raises what `writeFileAtomic` and `ensurePrivateDir` raise. */
export async function writeDaemonState(paths: AppPaths, state: DaemonState): Promise<void> {
  await ensurePrivateDir(paths.runDir);
  await writeFileAtomic(paths.daemonFile, `${JSON.stringify(state, undefined, 2)}\n`);
  await writeFileAtomic(paths.pidFile, `${state.pid}\n`);
}

/** Removes `daemon.json` and the pid file if they are about this process; a successor's stay. True when they were removed. */
export async function removeDaemonState(paths: AppPaths, identity: ProcessIdentity): Promise<boolean> {
  const json = await readOwnFile(paths.daemonFile);
  const state = json === undefined ? undefined : parseDaemonState(json);
  if (state === undefined || !isSame(state, identity)) return false;
  await Promise.all([rm(paths.daemonFile, { force: true }), rm(paths.pidFile, { force: true })]);
  return true;
}

const isSame = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.pid === b.pid && a.startTicks === b.startTicks && a.bootId === b.bootId;

const identityOf = ({ pid, startTicks, bootId }: ProcessIdentity): ProcessIdentity => ({ pid, startTicks, bootId });

function parseIdentity(json: string): ProcessIdentity | undefined {
  const parsed = parseJson(json);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return undefined;
  const { pid, startTicks, bootId } = parsed.value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || typeof startTicks !== 'number' || typeof bootId !== 'string') return undefined;
  return { pid, startTicks, bootId };
}
