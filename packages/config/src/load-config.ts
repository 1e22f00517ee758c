import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { type AppPaths, asCcproxyError, createSecret, errnoHint, errnoOf } from '@ccproxy/kernel';
import { analyzeConfig } from './analyze-config.js';
import type { Config } from './config.js';
import type { Diagnostic } from './diagnostic.js';
import { type ConfigSource, findConfigFile } from './find-config-file.js';
import { initConfigText } from './init-config.js';
import { invalidConfig } from './invalid-config.js';
import { type ConfigFlags, type Overrides, readOverrides } from './overrides.js';
import { type ConfigFileContent, readConfigFile } from './read-config-file.js';
import { readSecretFile } from './read-secret-file.js';
import { hashVariables, type VariableHashes, valueOf } from './variables.js';

export interface LoadConfigOptions {
  readonly flags: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly paths: Pick<AppPaths, 'configFile' | 'logFile' | 'root'>;
  /** Reads the configuration file; the file system by default. */
  readonly readFile?: (file: string) => Promise<ConfigFileContent>;
  /** Salt of the variable hashes; random by default. */
  readonly salt?: string;
}

/** A valid configuration and where everything in it came from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path; null: the built-in default. */
  readonly file: string | null;
  /** Every place that was considered, in precedence. */
  readonly sources: readonly ConfigSource[];
  /** Values that a flag or variable put over the file, by configuration path: `server.port` -> `--port`. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly variables: VariableHashes;
  readonly variablesSalt: string;
  /** Every resolved credential, for the redactor. */
  readonly secrets: readonly string[];
  readonly warnings: readonly Diagnostic[];
  /** The text as written, `${…}` not replaced. It may hold credentials. */
  readonly text: string;
}

/** Name of the built-in default in positions. */
const builtIn = '(built-in default)';

/**
 * Finds, reads and validates the configuration, and puts flags and environment over it. Starts nothing and writes nothing.
 * @throws CCP_CONFIG_* and CCP_NOT_AVAILABLE; with several problems CCP_CONFIG_INVALID. `details.diagnostics` lists all of them and
 * `details.rendered` is the text for people.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const { flags, env, cwd, paths, readFile = readConfigFile } = options;
  const userFileExists = await exists(paths.configFile);
  const choice = findConfigFile({ flag: flags.config, env, cwd, paths, userFileExists });
  const overrides = readOverrides(flags, env, paths);
  const content: ConfigFileContent = choice.file === null ? { text: initConfigText(), mode: undefined } : await readFile(choice.file);
  const directory = choice.file === null ? paths.root : path.dirname(choice.file);
  const analysis = await analyzeConfig(content.text, {
    file: choice.file ?? builtIn,
    directory,
    home: valueOf(env, 'HOME') ?? valueOf(env, 'USERPROFILE'),
    sources: {
      variable: (name) => valueOf(env, name),
      file: (name) => readSecretFile(path.resolve(directory, name)),
    },
    overrides,
    exists,
    shared: content.mode !== undefined && (content.mode & 0o077) !== 0,
  });
  if (analysis.config === undefined) throw invalidConfig(analysis.diagnostics, content.text);
  const hashed = hashedVariables([...analysis.variables, ...overrides.variables], env, options.salt);
  return {
    config: analysis.config,
    file: choice.file,
    sources: choice.sources,
    overrides: overrides.origins,
    get variables() {
      return hashed().variables;
    },
    get variablesSalt() {
      return hashed().variablesSalt;
    },
    secrets: withOverride(analysis.secrets, overrides),
    warnings: analysis.diagnostics,
    text: content.text,
  };
}

/** Hashes of the values as they are now, made when they are asked for: a daemon keeps them, most commands never look, and hashing takes 5 ms to load. */
function hashedVariables(
  names: readonly string[],
  env: LoadConfigOptions['env'],
  salt: string | undefined,
): () => Pick<LoadedConfig, 'variables' | 'variablesSalt'> {
  const used = Object.fromEntries(names.map((name) => [name, valueOf(env, name)]));
  let made: Pick<LoadedConfig, 'variables' | 'variablesSalt'> | undefined;
  const make = (variablesSalt: string): Pick<LoadedConfig, 'variables' | 'variablesSalt'> => ({
    variables: hashVariables(names, used, variablesSalt),
    variablesSalt,
  });
  return () => (made ??= make(salt ?? createSecret(16)));
}

function withOverride(secrets: readonly string[], { authKey }: Overrides): readonly string[] {
  return authKey === undefined || secrets.includes(authKey) ? secrets : [...secrets, authKey];
}

/** Also true for a link that leads nowhere: reading it then says so, instead of silently taking the default. */
async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw errnoHint(error, { action: 'look for', file }) ?? asCcproxyError(error);
  }
}
