import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser } from '@vscode/tree-sitter-wasm';
import { expect, it } from 'vitest';
import { renderHook } from './render-hook.js';
import { renderStub } from './render-stub.js';

const grammar = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm');

/** What the grammar of PowerShell, as editors use it, cannot read in a script; no PowerShell is needed. */
async function syntaxErrors(script: string): Promise<string[]> {
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

it('[D7] 60 the PowerShell hook and its stub are PowerShell, by its grammar', async () => {
  const hook = await renderHook('powershell', { stateDir: "/home/o'neil", version: '1.2.3' });
  expect(await syntaxErrors(hook)).toEqual([]);
  for (const withClaude of [true, false])
    expect(await syntaxErrors(renderStub('powershell', { hookFile: "/home/o'neil/hook.ps1", withClaude }))).toEqual([]);
  // Of 7.3 and newer only.
  expect(await syntaxErrors('[System.Linq.Enumerable]::SequenceEqual[byte]($a, $b)')).not.toEqual([]);
  expect(await syntaxErrors(hook.slice(0, -4))).not.toEqual([]);
});
