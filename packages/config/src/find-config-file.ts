import path from 'node:path';
import type { AppPaths } from '@ccproxy/kernel';
import { errors } from './errors.js';

export type ConfigSourceKind = 'flag' | 'environment' | 'user' | 'default';

/** One place a configuration could have come from, in the order of precedence. */
export interface ConfigSource {
  readonly kind: ConfigSourceKind;
  /** Absolute path; null when nothing names a file. */
  readonly path: string | null;
  readonly status: 'used' | 'overridden' | 'absent' | 'not set';
  /** What decided it, as a sentence fragment for people. */
  readonly note: string;
}

export interface ConfigChoice {
  /** The file to read; null: the built-in default. */
  readonly file: string | null;
  readonly sources: readonly ConfigSource[];
}

export interface FindConfigOptions {
  /** `--config`, relative to `cwd` or absolute. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly paths: Pick<AppPaths, 'configFile'>;
  /** Whether the user's file exists; a named file is not asked for here, it must. */
  readonly userFileExists: boolean;
}

/**
 * Decides which file is read: `--config`, else CC_PROXY_CONFIG = CC_PROXY_CONFIG_FILE, else `ccproxy.yaml` in the state directory, else the
 * built-in default. Every candidate is reported with what became of it.
 * @throws CCP_CONFIG_CONFLICT when both variables decide and name different files
 */
export function findConfigFile({ flag, env, cwd, paths, userFileExists }: FindConfigOptions): ConfigChoice {
  const fromFlag = named(flag, cwd);
  const fromEnvironment = environmentFile(env, cwd, fromFlag !== null);
  const user = userFileExists ? paths.configFile : null;
  const winner: ConfigSourceKind =
    fromFlag !== null ? 'flag' : fromEnvironment.file !== null ? 'environment' : user !== null ? 'user' : 'default';
  const status = (kind: ConfigSourceKind, present: boolean, otherwise: 'absent' | 'not set'): ConfigSource['status'] =>
    kind === winner ? 'used' : present ? 'overridden' : otherwise;
  return {
    file: fromFlag ?? fromEnvironment.file ?? user,
    sources: [
      { kind: 'flag', path: fromFlag, status: status('flag', fromFlag !== null, 'not set'), note: '--config' },
      {
        kind: 'environment',
        path: fromEnvironment.file,
        status: status('environment', fromEnvironment.file !== null, 'not set'),
        note: fromEnvironment.name,
      },
      { kind: 'user', path: paths.configFile, status: status('user', userFileExists, 'absent'), note: 'user configuration' },
      { kind: 'default', path: null, status: status('default', true, 'absent'), note: 'built-in default' },
    ],
  };
}

const variableNames = ['CC_PROXY_CONFIG', 'CC_PROXY_CONFIG_FILE'] as const;

function environmentFile(env: FindConfigOptions['env'], cwd: string, overridden: boolean): { file: string | null; name: string } {
  const [first, second] = variableNames.map((name) => named(env[name], cwd));
  if (!overridden && first != null && second != null && first !== second) {
    throw errors.CCP_CONFIG_CONFLICT({ message: `CC_PROXY_CONFIG names ${first}, CC_PROXY_CONFIG_FILE names ${second}` });
  }
  return { file: first ?? second ?? null, name: first == null && second != null ? variableNames[1] : variableNames[0] };
}

function named(value: string | undefined, cwd: string): string | null {
  return value === undefined || value === '' ? null : path.resolve(cwd, value);
}
