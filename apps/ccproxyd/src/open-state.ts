import { loadConfig, type LoadedConfig } from '@ccproxy/config';
import {
  acquireLock,
  type AppPaths,
  CcproxyError,
  createRedactor,
  ensurePrivateDir,
  type FileLock,
  type Redactor,
  resolvePaths,
  silentLogger,
  type Logger,
} from '@ccproxy/kernel';
import type { DaemonContext } from './daemon-context.js';
import type { DaemonOptions } from './daemon-options.js';
import { daemonToken } from './daemon-token.js';
import { errors } from './errors.js';
import { type DaemonLog, openLog } from './open-log.js';
import { createSecretRegister, type SecretRegister } from './secret-register.js';
import { createReleaseStack, type ReleaseStack } from './release-stack.js';

/** What a daemon has before it builds its modules. */
export interface DaemonState {
  readonly paths: AppPaths;
  readonly loaded: LoadedConfig;
  /** When it was read, ms since the epoch. */
  readonly readAt: number;
  readonly redactor: Redactor;
  /** Keeps values out of sight as long as somebody needs them to be. */
  readonly secrets: SecretRegister;
  readonly log: DaemonLog;
  /** Opens IPC and administration. */
  readonly token: string;
  readonly lockFile: string;
  /** undefined: a predecessor holds it and hands it over. */
  readonly lock: FileLock | undefined;
  readonly releases: ReleaseStack;
}

/**
 * Reads the configuration, makes the state directory private, takes the instance lock and opens the log. Nothing is left behind when it fails.
 * @throws CCP_CONFIG_*, CCP_DIR_UNSAFE, CCP_DAEMON_RUNNING, and what the disk says
 */
export async function openState(options: DaemonOptions, context: DaemonContext): Promise<DaemonState> {
  const { clock, env } = context;
  const paths = resolvePaths({
    env,
    home: context.home,
    platform: context.platform,
    cwd: context.cwd,
    ...(options.stateDir === undefined ? {} : { stateDir: options.stateDir }),
    ...(options.logDir === undefined ? {} : { logDir: options.logDir }),
    ...(context.uid === undefined ? {} : { uid: context.uid }),
  });
  const readAt = clock.now();
  const loaded = await loadConfig({ flags: options, env, cwd: context.cwd, paths });
  for (const dir of [paths.root, paths.runDir, paths.sessionsDir, paths.dataDir]) await ensurePrivateDir(dir);
  let logger: Logger = silentLogger;
  const releases = createReleaseStack(() => logger);
  try {
    const { lockFile } = paths;
    const lock = options.takeover ? undefined : await takeInstanceLock(lockFile, context);
    if (lock !== undefined) releases.defer('instance lock', () => lock.release());
    const token = await daemonToken(paths.tokenFile);
    const redactor = createRedactor({ secrets: [token] });
    const secrets = createSecretRegister(redactor);
    for (const secret of loaded.secrets) secrets.add(secret);
    const log = await openLog({
      file: loaded.config.logging.file ?? paths.logFile,
      level: loaded.config.logging.level,
      redactor,
      clock,
      stderr: options.foreground ? context.stderr : undefined,
    });
    logger = log.logger;
    releases.defer('log', () => log.close());
    return { paths, loaded, readAt, redactor, secrets, log, token, lockFile, lock, releases };
  } catch (error) {
    await releases.release();
    throw error;
  }
}

/** One daemon per state directory: the lock of a killed one is taken over, that of a live one is respected. */
async function takeInstanceLock(file: string, context: DaemonContext): Promise<FileLock> {
  try {
    return await acquireLock(file, { clock: context.clock, waitMs: 0 });
  } catch (cause) {
    if (!CcproxyError.isInstance(cause) || cause.code !== 'CCP_LOCK_HELD') throw cause;
    const pid = cause.details?.['pid'];
    throw errors.CCP_DAEMON_RUNNING({
      message: `a daemon already runs in this state directory (pid ${typeof pid === 'number' ? pid : 'unknown'})`,
      details: { pid },
      cause,
    });
  }
}
