import { foreignOwner } from '../foreign-config.js';
import { errors } from '../errors.js';
import { ccproxyPyKeys, importCcproxyPy } from './ccproxy-py/import-ccproxy-py.js';
import { ccrKeys, importCcr } from './ccr/import-ccr.js';
import type { Draft } from './draft.js';
import { completeLines, countLines, type DraftLine, type ImportReport, shownPath } from './fidelity.js';
import { importLitellm, litellmKeys } from './litellm/import-litellm.js';
import { mergeConfig } from './merge-config.js';
import { type ImportSource, readJson5Source, readYamlSource } from './read-source.js';
import type { Entries } from './source-values.js';
import { importedVariables } from './imported-variables.js';

/** Programs whose configuration can be imported. */
export const importTools = ['ccr', 'ccproxy-py', 'litellm'] as const;

export type ImportTool = (typeof importTools)[number];

export interface ImportRequest {
  readonly tool: ImportTool;
  readonly source: ImportSource;
  /** LiteLLM's `config.yaml` beside the file of ccproxy for Python, which says where the names of its rules lead. */
  readonly models?: ImportSource;
  /** A configuration of ours that is added to; its keys, comments and order stay. */
  readonly existing?: ImportSource;
}

export interface ImportedConfig {
  /** The whole new file. */
  readonly text: string;
  /** Only what was imported; the same as `text` without an existing file. Holds no credential. */
  readonly imported: string;
  readonly report: ImportReport;
}

const titles: Readonly<Record<ImportTool, string>> = { ccr: 'claude-code-router', 'ccproxy-py': 'ccproxy for Python', litellm: 'LiteLLM' };
const keys: Readonly<Record<ImportTool, readonly string[]>> = { ccr: ccrKeys, 'ccproxy-py': ccproxyPyKeys, litellm: litellmKeys };

/**
 * Translates the configuration of another program. Pure: reads and writes nothing. Credentials never get into the result: it names
 * variables instead.
 * @throws CCP_IMPORT_SOURCE, CCP_CONFIG_FOREIGN, CCP_CONFIG_SYNTAX (of the existing file)
 */
export function importConfig({ tool, source, models, existing }: ImportRequest): ImportedConfig {
  const root = tool === 'ccr' ? readJson5Source(source) : readYamlSource(source);
  requireTool(root, tool, source);
  const beside = models === undefined || tool !== 'ccproxy-py' ? undefined : readYamlSource(models);
  const draft = importRoot(tool, root, beside);
  const lines = [...completeLines(root, 0, draft.lines), ...(beside === undefined ? [] : completeLines(beside, 1, draft.lines))];
  const title = `Imported from ${titles[tool]} by \`ccproxy config import\`.`;
  const merged = mergeConfig(draft.config, lines, { title, ...(existing === undefined ? {} : { existing }) });
  return {
    text: merged.text,
    imported: merged.imported,
    report: reportOf(merged.lines, [source.name, models?.name ?? ''], merged.variables, draft),
  };
}

function importRoot(tool: ImportTool, root: Entries, models: Entries | undefined): Draft {
  if (tool === 'ccr') return importCcr(root);
  return tool === 'litellm' ? importLitellm(root) : importCcproxyPy(root, models);
}

function requireTool(root: Entries, tool: ImportTool, { name }: ImportSource): void {
  if (keys[tool].some((key) => key in root)) return;
  const owner = foreignOwner(root);
  throw errors.CCP_IMPORT_SOURCE({
    message: `${name} is no configuration of ${titles[tool]}: it has none of the keys ${keys[tool].map((key) => `\`${key}\``).join(', ')}`,
    ...(owner === undefined ? {} : { hint: `It looks like one of ${titles[owner.tool]}: \`ccproxy config import ${owner.tool} FILE\`.` }),
    where: { file: name },
  });
}

function reportOf(
  lines: readonly DraftLine[],
  files: readonly string[],
  text: ReadonlyMap<string, readonly string[]>,
  draft: Draft,
): ImportReport {
  const shown = lines.map(({ source, key, fidelity, to, note }) => ({
    file: files[source] ?? '',
    key: shownPath(key),
    fidelity,
    to: to === undefined ? null : shownPath(to),
    note: note ?? null,
  }));
  return { lines: shown, counts: countLines(shown), variables: importedVariables(text, new Set(draft.literals.values())) };
}
