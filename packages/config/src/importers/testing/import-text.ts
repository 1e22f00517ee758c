import { analyze } from '../../testing/analyze.js';
import { type ImportedConfig, importConfig, type ImportTool } from '../import-config.js';

/** Imports texts, with names as short as can be. */
export function importText(
  tool: ImportTool,
  text: string,
  rest: { readonly models?: string; readonly existing?: string } = {},
): ImportedConfig {
  const { models, existing } = rest;
  return importConfig({
    tool,
    source: { name: 'source', text },
    ...(models === undefined ? {} : { models: { name: 'config.yaml', text: models } }),
    ...(existing === undefined ? {} : { existing: { name: 'ccproxy.yaml', text: existing } }),
  });
}

/** `fidelity key -> place` of every line. */
export const reportLines = ({ report }: ImportedConfig): string[] =>
  report.lines.map(({ fidelity, key, to }) => `${fidelity} ${key}${to === null ? '' : ` -> ${to}`}`);

/** What was said about one key. */
export const noteOf = ({ report }: ImportedConfig, key: string): string | undefined =>
  report.lines.find((line) => line.key === key)?.note ?? undefined;

/** The configuration the new file is, with every variable it names set; throws with what is wrong in it. */
export async function loadImported({ text, report }: ImportedConfig) {
  const env = Object.fromEntries(
    report.variables.map(({ name }) => [name, name.endsWith('URL') ? 'https://variable.example.com' : `value-of-${name}`]),
  );
  const { config, diagnostics } = await analyze(text, env);
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n') + text);
  return config;
}
