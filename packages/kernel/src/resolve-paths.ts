import path from 'node:path';
import type { CcproxyError } from './ccproxy-error.js';
import { errors } from './errors.js';
import { fnv1a } from './fnv1a.js';

/** Every file of one ccproxy installation; absolute. Names are a contract with scripts and other programs. */
export interface AppPaths {
  /** `~/.ccproxy`, or what `--state-dir` says. */
  readonly root: string;
  readonly configFile: string;
  readonly runDir: string;
  readonly pidFile: string;
  readonly daemonFile: string;
  readonly ipcSocket: string;
  readonly gatewaySocket: string;
  readonly tokenFile: string;
  readonly portFile: string;
  readonly lockFile: string;
  /** Windows: holds the random part of the pipe names. */
  readonly pipeFile: string;
  readonly sessionsDir: string;
  readonly logsDir: string;
  readonly logFile: string;
  readonly dataDir: string;
  readonly databaseFile: string;
  readonly cacheDir: string;
  readonly envDir: string;
  readonly shellDir: string;
  readonly runsDir: string;
}

export interface ResolvePathsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the user; undefined only when a state directory is given. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
  /** `--state-dir`; beats CC_PROXY_STATE_DIR. */
  readonly stateDir?: string;
  /** `--log-dir`; beats CC_PROXY_LOG_DIR. */
  readonly logDir?: string;
  readonly uid?: number;
  /** Windows: the random part of the pipe names, from `readOrCreatePipeId`; a hash of the root when absent. */
  readonly pipeId?: string;
  /** What relative paths are relative to. */
  readonly cwd?: string;
}

/** Unix socket addresses hold 108 bytes on Linux and 104 on macOS, and Node cuts longer ones silently (measured). */
const maxSocketPathBytes = 99;

/**
 * Where everything of one installation lies. Pure: touches no file. CC_PROXY_LOG names the log file when it holds a path separator
 * (otherwise it is a level, see `logLevelFromEnv`). A socket whose path would be too long gets a short hashed one under
 * `$XDG_RUNTIME_DIR/ccproxy`, else under a per-user directory of the temporary folder: make the directory of a socket private before use.
 * @throws CCP_HOME_UNKNOWN
 */
export function resolvePaths(options: ResolvePathsOptions): AppPaths {
  const { env, platform } = options;
  const place = platform === 'win32' ? path.win32 : path.posix;
  const absolute = (value: string) => place.resolve(options.cwd ?? process.cwd(), expandHome(value, options.home, place));
  const root = absolute(present(options.stateDir) ?? present(env['CC_PROXY_STATE_DIR']) ?? defaultRoot(options.home, place));
  const inRoot = (...parts: string[]) => place.join(root, ...parts);
  const logDir = present(options.logDir) ?? present(env['CC_PROXY_LOG_DIR']);
  const logsDir = logDir === undefined ? inRoot('logs') : absolute(logDir);
  const log = present(env['CC_PROXY_LOG']);
  return {
    root,
    configFile: inRoot('ccproxy.yaml'),
    runDir: inRoot('run'),
    pidFile: inRoot('run', 'ccproxy.pid'),
    daemonFile: inRoot('run', 'daemon.json'),
    ipcSocket: socketPath(options, root, 'ipc'),
    gatewaySocket: socketPath(options, root, 'gateway'),
    tokenFile: inRoot('run', 'token'),
    portFile: inRoot('run', 'port'),
    lockFile: inRoot('run', 'lock'),
    pipeFile: inRoot('run', 'pipe'),
    sessionsDir: inRoot('run', 'sessions'),
    logsDir,
    logFile: log !== undefined && isLogFile(log) ? absolute(log) : place.join(logsDir, 'ccproxy.log'),
    dataDir: inRoot('data'),
    databaseFile: inRoot('data', 'ccproxy.db'),
    cacheDir: inRoot('cache'),
    envDir: inRoot('env'),
    shellDir: inRoot('shell'),
    runsDir: inRoot('runs'),
  };
}

/** The level in CC_PROXY_LOG; undefined when it is unset or names a file. The word itself is not checked. */
export function logLevelFromEnv(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const value = present(env['CC_PROXY_LOG']);
  return value === undefined || isLogFile(value) ? undefined : value.toLowerCase();
}

function isLogFile(value: string): boolean {
  return value.includes('/') || value.includes('\\');
}

function socketPath(options: ResolvePathsOptions, root: string, name: string): string {
  const id = fnv1a(root);
  if (options.platform === 'win32') return `\\\\.\\pipe\\ccproxy-${options.pipeId ?? id}-${name}`;
  const runtime = present(options.env['XDG_RUNTIME_DIR']);
  const temporary = present(options.env['TMPDIR']) ?? '/tmp';
  const perUser = `ccproxy-${options.uid ?? 'user'}`;
  const candidates = [
    path.posix.join(root, 'run', `${name}.sock`),
    ...(runtime === undefined ? [] : [path.posix.join(runtime, 'ccproxy', `${id}-${name}.sock`)]),
    path.posix.join(temporary, perUser, `${id}-${name}.sock`),
  ];
  const fits = candidates.find((candidate) => candidate.startsWith('/') && Buffer.byteLength(candidate) <= maxSocketPathBytes);
  return fits ?? `/tmp/${perUser}/${id}-${name}.sock`;
}

function defaultRoot(home: string | undefined, place: path.PlatformPath): string {
  if (home === undefined || home === '') throw homeUnknown();
  return place.join(home, '.ccproxy');
}

function expandHome(value: string, home: string | undefined, place: path.PlatformPath): string {
  if (value !== '~' && !value.startsWith('~/')) return value;
  if (home === undefined || home === '') throw homeUnknown();
  return place.join(home, value.slice(1));
}

function homeUnknown(): CcproxyError {
  return errors.CCP_HOME_UNKNOWN({ message: 'the home directory of the user is not known' });
}

function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
