import { isModuleFile, optionSecrets } from './adapter-use.js';
import { isLoopback } from './base-url.js';
import { checkReferences } from './check-references.js';
import type { Config } from './config.js';
import { type ConfigPath, type Diagnostic, formatPath, sortDiagnostics } from './diagnostic.js';
import { foreignHint, foreignOwner } from './foreign-config.js';
import { type Gap, interpolate, type Interpolated, type InterpolationSources } from './interpolate.js';
import { applyOverrides, type Overrides } from './overrides.js';
import { readYaml, type YamlTree } from './read-yaml.js';
import { resolveConfig } from './resolve-config.js';
import { configSchema } from './schema.js';
import { specOf, validate } from './to-diagnostics.js';
import { withoutEffect } from './without-effect.js';

export interface AnalyzeOptions {
  /** Name shown in positions. */
  readonly file: string;
  /** Directory relative paths of the text start from. */
  readonly directory: string;
  readonly home: string | undefined;
  readonly sources: InterpolationSources;
  readonly overrides: Overrides | undefined;
  /** True when others than the owner may read the file. */
  readonly shared: boolean;
  /** Whether a file is there; not asked when absent. */
  readonly exists?: (file: string) => Promise<boolean>;
}

export interface Analysis {
  /** undefined when a diagnostic is an error. */
  readonly config: Config | undefined;
  /** Everything found, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Names of the variables the text asks for. */
  readonly variables: ReadonlySet<string>;
  /** Resolved credentials, for the redactor. */
  readonly secrets: readonly string[];
}

/** Checks the text of a configuration whole. Never throws: all problems of the text are reported together, each at its place. */
export async function analyzeConfig(text: string, options: AnalyzeOptions): Promise<Analysis> {
  const tree = readYaml(text, options.file);
  const fail = (diagnostics: readonly Diagnostic[], variables: ReadonlySet<string> = new Set()): Analysis => ({
    config: undefined,
    diagnostics: sortDiagnostics(diagnostics),
    variables,
    secrets: [],
  });
  if (tree.problems.length > 0) return fail(tree.problems);
  const owner = foreignOwner(tree.value);
  if (owner !== undefined) {
    const found = diagnostic(tree, [owner.key], 'CCP_CONFIG_FOREIGN', 'shows that the file belongs to another tool', 'key');
    return fail([{ ...found, hint: foreignHint(owner, options.file) }]);
  }

  const content = await interpolate(tree.value, options.sources);
  const found: Diagnostic[] = content.gaps.filter((gap) => !isCredentialGap(gap)).map((gap) => gapDiagnostic(gap, tree));
  const gapPaths = new Set(content.gaps.map((gap) => formatPath(gap.path)));
  const checked = validate(configSchema, content.value, tree, content.external);
  if (!checked.ok) found.push(...checked.diagnostics.filter((issue) => !gapPaths.has(issue.path)));
  found.push(...checkReferences(content.value, tree, content.external).filter((issue) => !gapPaths.has(issue.path)));
  if (!checked.ok) return fail(found, content.variables);

  const resolved = resolveConfig(checked.value, { tree, gaps: content.gaps, directory: options.directory, home: options.home });
  const config = options.overrides === undefined ? resolved.config : applyOverrides(resolved.config, options.overrides);
  found.push(
    ...resolved.diagnostics,
    ...exposure(config, options.overrides, tree),
    ...openFile(config, content, options, tree),
    ...idleKeys(content, tree),
    ...(await missingModules(config, options, tree)),
  );
  if (found.some(({ severity }) => severity === 'error')) return fail(found, content.variables);
  return {
    config,
    diagnostics: sortDiagnostics(found),
    variables: content.variables,
    secrets: secretsOf(config, content.fileContents),
  };
}

/** A missing credential makes its provider unavailable; anything else that is missing is an error. */
function isCredentialGap({ path: [section, , key], kind }: Gap): boolean {
  return kind !== 'malformed' && section === 'providers' && (key === 'apiKey' || key === 'apiKeys' || key === 'oauth' || key === 'options');
}

function gapDiagnostic(gap: Gap, tree: YamlTree): Diagnostic {
  const hint = {
    variable: `Set ${gap.name}, or give a default: \`\${${gap.name}:-value}\`.`,
    file: 'Create the file, or correct its path.',
    malformed: 'Write `${NAME}`, `${NAME:-default}` or `${file:/path}`; a literal `$` before `{` is written `$$`.',
  }[gap.kind];
  return { ...diagnostic(tree, gap.path, 'CCP_CONFIG_VARIABLE', `cannot be completed: ${gap.reason}`), hint };
}

function exposure(config: Config, overrides: Overrides | undefined, tree: YamlTree): Diagnostic[] {
  if (isLoopback(config.server.host) || config.server.authKey !== '') return [];
  const origin = overrides?.origins['server.host'];
  const subject = origin === undefined ? 'is' : `comes from ${origin} and is`;
  return [diagnostic(tree, ['server', 'host'], 'CCP_CONFIG_EXPOSED', `${subject} not a loopback address, and there is no server.authKey`)];
}

/** Warns when a credential is written into a file that others can read. */
function openFile(config: Config, content: Interpolated, options: AnalyzeOptions, tree: YamlTree): Diagnostic[] {
  if (!options.shared) return [];
  const external = new Set(content.external.map((path) => formatPath(path)));
  const credentials: ConfigPath[] = Object.values(config.providers).flatMap(({ name, auth, keys }): ConfigPath[] => {
    if (keys !== undefined) return writtenKeys(content.value, name);
    return auth.kind === 'apiKey' && auth.value !== '' ? [['providers', name, 'apiKey']] : [];
  });
  if (config.webSearch !== undefined && config.webSearch.apiKey !== '') credentials.push(['webSearch', 'apiKey']);
  if (config.server.authKey !== '' && options.overrides?.authKey === undefined) credentials.push(['server', 'authKey']);
  const written = credentials.find((path) => !external.has(formatPath(path)));
  if (written === undefined) return [];
  const warning = diagnostic(tree, written, 'CCP_CONFIG_RISK', 'is written into a file that other users can read');
  return [{ ...warning, severity: 'warning', hint: `Run \`chmod 600 ${options.file}\`, or take it from a variable: \`\${NAME}\`.` }];
}

/** Where the keys of a provider that has several are written. */
function writtenKeys(value: unknown, provider: string): ConfigPath[] {
  const { apiKeys } =
    (value as { readonly providers: Readonly<Record<string, { readonly apiKeys: readonly unknown[] }>> }).providers[provider] ?? {};
  return (apiKeys ?? []).map((entry, index) => ['providers', provider, 'apiKeys', index, ...(typeof entry === 'string' ? [] : ['key'])]);
}

/** Nothing is silent: a key that is taken but not acted on is said. */
function idleKeys(content: Interpolated, tree: YamlTree): Diagnostic[] {
  return withoutEffect(content.value).map(({ path, because }) => ({
    ...diagnostic(tree, path, 'CCP_NOT_AVAILABLE', `has no effect in this version: ${because}`, 'key'),
    severity: 'warning',
    hint: 'Leave it for later versions, or remove it.',
  }));
}

/** A rule that asks a module nobody wrote would never fire, and a provider that needs one would never answer. */
async function missingModules({ plugins }: Config, { exists }: AnalyzeOptions, tree: YamlTree): Promise<Diagnostic[]> {
  if (exists === undefined) return [];
  const modules = [
    ...Object.values(plugins?.routing ?? {}).map(({ name, module }) => ({ place: ['plugins', 'routing', name, 'module'], module })),
    ...Object.values(plugins?.observers ?? {}).map(({ name, module }) => ({ place: ['plugins', 'observers', name, 'module'], module })),
    ...Object.values(plugins?.providers ?? {}).flatMap(({ name, module }) =>
      isModuleFile(module) ? [{ place: ['plugins', 'providers', name, 'module'], module }] : [],
    ),
  ];
  const found = await Promise.all(modules.map(({ module }) => exists(module)));
  return modules
    .filter((_module, index) => found[index] === false)
    .map(({ place }) => diagnostic(tree, place, 'CCP_CONFIG_REFERENCE', 'names a file that does not exist'));
}

function secretsOf(config: Config, fileContents: readonly string[]): string[] {
  const keys = Object.values(config.providers).flatMap(({ auth, keys: all, adapter }) => [
    ...(auth.kind === 'apiKey' ? [auth.value] : []),
    ...(all?.list ?? []).map(({ value }) => value),
    ...optionSecrets(adapter?.options),
  ]);
  return [...new Set([config.server.authKey, config.webSearch?.apiKey ?? '', ...keys, ...fileContents])].filter((secret) => secret !== '');
}

function diagnostic(
  tree: YamlTree,
  path: ConfigPath,
  code: Diagnostic['code'],
  message: string,
  part: 'key' | 'value' = 'value',
): Diagnostic {
  return {
    severity: 'error',
    code,
    message: `${formatPath(path)} ${message}`,
    hint: specOf(code).fix,
    where: tree.locate(path, part),
    path: formatPath(path),
  };
}
