import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser } from '@vscode/tree-sitter-wasm';

const grammar = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm');

/** What the grammar of PowerShell, as editors use it, cannot read in a script; no PowerShell is needed. */
export async function syntaxErrors(script: string): Promise<string[]> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(await readFile(grammar)));
  const tree = parser.parse(script);
  const errors = tree?.rootNode
    .descendantsOfType(['ERROR'])
    .map((node) => `line ${(node?.startPosition.row ?? 0) + 1}: ${node?.text.slice(0, 80)}`);
  const missing = tree?.rootNode.hasError === true && errors?.length === 0 ? ['something is missing'] : [];
  tree?.delete();
  parser.delete();
  return [...(errors ?? ['nothing was read']), ...missing];
}
