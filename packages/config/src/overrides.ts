import type { AppPaths, LogLevel } from '@ccproxy/kernel';
import type { Config } from './config.js';
import { errors } from './errors.js';
import { logLevels } from './sections/logging.js';
import { suggest } from './suggest.js';
import { valueOf } from './variables.js';

/** Flags of a command that beat environment and file. */
export interface ConfigFlags {
  /** `--config` */
  readonly config?: string | undefined;
  /** `--host` */
  readonly host?: string | undefined;
  /** `--port` */
  readonly port?: string | number | undefined;
}

export interface Overrides {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly authKey: string | undefined;
  readonly level: LogLevel | undefined;
  readonly logFile: string | undefined;
  /** Where each came from, by configuration path, for people. */
  readonly origins: Readonly<Record<string, string>>;
  /** Variables that were looked at and decided, or could have. */
  readonly variables: readonly string[];
}

/**
 * Reads the flags and CC_PROXY_HOST, CC_PROXY_PORT, CC_PROXY_AUTH_KEY and CC_PROXY_LOG (a level, or a file when it holds a path separator).
 * An empty variable is as good as unset.
 * @throws CCP_CONFIG_OVERRIDE
 */
export function readOverrides(
  flags: ConfigFlags,
  env: Readonly<Record<string, string | undefined>>,
  paths: Pick<AppPaths, 'logFile'>,
): Overrides {
  const origins: Record<string, string> = {};
  const variables: string[] = [];
  const pick = (path: string, flag: string | undefined, flagName: string | undefined, variable: string): string | undefined => {
    if (flag !== undefined && flagName !== undefined) {
      origins[path] = flagName;
      return flag;
    }
    variables.push(variable);
    const value = valueOf(env, variable);
    if (value === undefined || value === '') return undefined;
    origins[path] = variable;
    return value;
  };
  const host = pick('server.host', flags.host, '--host', 'CC_PROXY_HOST');
  const port = pick('server.port', flags.port === undefined ? undefined : String(flags.port), '--port', 'CC_PROXY_PORT');
  const authKey = pick('server.authKey', undefined, undefined, 'CC_PROXY_AUTH_KEY');
  const log = pick('logging.level', undefined, undefined, 'CC_PROXY_LOG');
  const isFile = log !== undefined && /[/\\]/u.test(log);
  if (isFile) {
    delete origins['logging.level'];
    origins['logging.file'] = 'CC_PROXY_LOG';
  }
  return {
    host: host === undefined ? undefined : parseHost(host, origins['server.host'] ?? ''),
    port: port === undefined ? undefined : parsePort(port, origins['server.port'] ?? ''),
    authKey: authKey === undefined ? undefined : parseAuthKey(authKey),
    level: log === undefined || isFile ? undefined : parseLevel(log),
    logFile: isFile ? paths.logFile : undefined,
    origins,
    variables,
  };
}

/** The configuration with flags and environment put over it. */
export function applyOverrides(config: Config, overrides: Overrides): Config {
  return {
    ...config,
    server: {
      ...config.server,
      host: overrides.host ?? config.server.host,
      port: overrides.port ?? config.server.port,
      authKey: overrides.authKey ?? config.server.authKey,
    },
    logging: {
      ...config.logging,
      level: overrides.level ?? config.logging.level,
      file: overrides.logFile ?? config.logging.file,
    },
  };
}

function parseHost(value: string, origin: string): string {
  const host = value.trim();
  if (/^[A-Za-z0-9._:%[\]-]+$/u.test(host)) return host;
  throw errors.CCP_CONFIG_OVERRIDE({ message: `${origin} must be a host name or address` });
}

function parsePort(value: string, origin: string): number {
  const port = /^\d{1,5}$/u.test(value.trim()) ? Number(value) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw errors.CCP_CONFIG_OVERRIDE({ message: `${origin} must be a port from 0 to 65535` });
}

function parseAuthKey(value: string): string {
  const key = value.trim();
  if (/^[\x21-\x7e]{6,}$/u.test(key)) return key;
  throw errors.CCP_CONFIG_OVERRIDE({ message: 'CC_PROXY_AUTH_KEY must have at least 6 characters, printable and without spaces' });
}

function parseLevel(value: string): LogLevel {
  const level = logLevels.find((known) => known === value.toLowerCase());
  if (level !== undefined) return level;
  const near = suggest(value, logLevels);
  throw errors.CCP_CONFIG_OVERRIDE({
    message: `CC_PROXY_LOG must be one of ${logLevels.join(', ')}, or a file name with a path separator`,
    ...(near === undefined ? {} : { hint: `Did you mean \`${near}\`?` }),
  });
}
