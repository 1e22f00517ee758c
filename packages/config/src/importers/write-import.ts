import { access, copyFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type AppPaths, asCcproxyError, ensurePrivateDir, errnoHint, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { analyzeConfig } from '../analyze-config.js';
import type { Diagnostic } from '../diagnostic.js';
import { errors } from '../errors.js';
import { findConfigFile } from '../find-config-file.js';
import { foreignOwner } from '../foreign-config.js';
import { type ConfigFileContent, readConfigFile } from '../read-config-file.js';
import { readSecretFile } from '../read-secret-file.js';
import { readYaml } from '../read-yaml.js';
import { valueOf } from '../variables.js';
import { type ImportedConfig, importConfig, type ImportTool } from './import-config.js';

export interface WriteImportOptions {
  readonly tool: ImportTool;
  /** The file to import; relative to `cwd`, as all of these. */
  readonly file: string;
  /** LiteLLM's file for ccproxy-py; `config.yaml` beside `file` when absent. */
  readonly litellmConfig?: string | undefined;
  /** Where to write; the configuration in use when absent. */
  readonly output?: string | undefined;
  /** `--config`. */
  readonly config?: string | undefined;
  readonly dryRun: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly paths: Pick<AppPaths, 'root' | 'configFile'>;
}

export interface WrittenImport extends ImportedConfig {
  readonly file: string;
  /** Whether the file holds more than what was imported. */
  readonly merged: boolean;
  readonly written: boolean;
  /** Copy of the file as it was. */
  readonly backup: string | undefined;
  /** Whether commands find the file by themselves. */
  readonly isDefault: boolean;
  readonly warnings: readonly Diagnostic[];
}

/** Written instead of `ccproxy.yaml` where that belongs to another program. */
const besideForeign = 'ccproxy-imported.yaml';

/**
 * Imports a file of another program into a new or existing configuration of ours. The result is checked before anything is written; the
 * file as it was is kept as `<file>.bak`; the file of the other program is only read.
 * @throws CCP_IMPORT_SOURCE, CCP_IMPORT_TARGET, CCP_IMPORT_RESULT, CCP_CONFIG_*, and what the file system refuses
 */
export async function writeImport(options: WriteImportOptions): Promise<WrittenImport> {
  const { cwd, tool, paths } = options;
  const file = path.resolve(cwd, options.file);
  const source = { name: file, text: (await readConfigFile(file)).text };
  const models = tool === 'ccproxy-py' ? await readModels(options, file) : undefined;
  const target = await targetOf(options);
  await refuseSame(target, [file, ...(models === undefined ? [] : [models.name])]);
  const old = await readIfThere(target);
  const result = importConfig({
    tool,
    source,
    ...(models === undefined ? {} : { models }),
    ...(old === undefined ? {} : { existing: { name: target, text: old.text } }),
  });
  const warnings = await check(result.text, target, options);
  const changed = result.text !== old?.text;
  const backup = old !== undefined && changed && !options.dryRun ? `${target}.bak` : undefined;
  if (changed && !options.dryRun) await write(target, result.text, { old, backup, root: paths.root });
  const isDefault = options.output === undefined && path.basename(target) !== besideForeign;
  return { ...result, file: target, merged: old !== undefined, written: changed && !options.dryRun, backup, isDefault, warnings };
}

async function readModels({ cwd, litellmConfig }: WriteImportOptions, file: string): Promise<{ name: string; text: string } | undefined> {
  const name = litellmConfig === undefined ? path.join(path.dirname(file), 'config.yaml') : path.resolve(cwd, litellmConfig);
  if (litellmConfig === undefined && !(await isThere(name))) return undefined;
  return { name, text: (await readConfigFile(name)).text };
}

/** The file named, else the configuration in use; a name beside it when that belongs to another program. */
async function targetOf({ output, config, env, cwd, paths }: WriteImportOptions): Promise<string> {
  if (output !== undefined) return path.resolve(cwd, output);
  const userFileExists = await isThere(paths.configFile);
  const target = findConfigFile({ flag: config, env, cwd, paths, userFileExists }).file ?? paths.configFile;
  if (target !== paths.configFile) return target;
  const old = await readIfThere(target);
  const foreign = old !== undefined && foreignOwner(readYaml(old.text, target).value) !== undefined;
  return foreign ? path.join(paths.root, besideForeign) : target;
}

async function refuseSame(target: string, sources: readonly string[]): Promise<void> {
  const real = await resolved(target);
  for (const source of sources)
    if ((await resolved(source)) === real)
      throw errors.CCP_IMPORT_TARGET({ message: `${target} is a file that is imported; it is only read`, where: { file: target } });
}

const readIfThere = async (file: string): Promise<ConfigFileContent | undefined> =>
  (await isThere(file)) ? readConfigFile(file) : undefined;

async function resolved(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return file;
    throw errnoHint(error, { action: 'read', file }) ?? asCcproxyError(error);
  }
}

/** False for a link that leads nowhere. */
async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw errnoHint(error, { action: 'read', file }) ?? asCcproxyError(error);
  }
}

/** Nothing is written that would not load. A variable that is not set yet is no fault of the file. */
async function check(text: string, target: string, { env }: WriteImportOptions): Promise<readonly Diagnostic[]> {
  const directory = path.dirname(target);
  const { diagnostics } = await analyzeConfig(text, {
    file: target,
    directory,
    home: valueOf(env, 'HOME') ?? valueOf(env, 'USERPROFILE'),
    sources: { variable: (name) => valueOf(env, name), file: (name) => readSecretFile(path.resolve(directory, name)) },
    overrides: undefined,
    shared: false,
    exists: isThere,
  });
  const [problem] = diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'CCP_CONFIG_VARIABLE');
  if (problem !== undefined)
    throw errors.CCP_IMPORT_RESULT({
      message: `${target} would not be valid: ${problem.message}`,
      hint: problem.hint,
      details: { diagnostics },
    });
  return diagnostics.filter(({ severity }) => severity === 'warning');
}

interface Written {
  readonly old: ConfigFileContent | undefined;
  readonly backup: string | undefined;
  readonly root: string;
}

async function write(target: string, text: string, { old, backup, root }: Written): Promise<void> {
  if (path.dirname(target) === path.resolve(root)) await ensurePrivateDir(root);
  if (backup !== undefined) await keep(target, backup);
  // A link stays a link: what it leads to is written.
  await writeFileAtomic(await resolved(target), text, { mode: old?.mode ?? 0o600 });
}

async function keep(file: string, backup: string): Promise<void> {
  try {
    await copyFile(file, backup);
  } catch (error) {
    throw errnoHint(error, { action: 'keep a copy of', file: backup }) ?? asCcproxyError(error);
  }
}
