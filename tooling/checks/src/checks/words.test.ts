import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { fileSize } from './file-size.ts';
import { words } from './words.ts';

const problemsOf = async (file: string, text: string): Promise<readonly string[]> => {
  using tree = createTree({ [file]: text });
  return words.run(tree.repository);
};

it.each([
  ['packages/a/src/a.ts', '// TODO later', 'unfinished'],
  ['packages/a/src/a.test.ts', "it.only('x', () => {});", 'focuses'],
  ['packages/a/src/a.test.ts', "it.skipIf(windows)('x', () => {});", 'focuses'],
  ['packages/a/src/a.test.ts', "vi.mock('./a.js');", 'replaces a module'],
  ['packages/a/src/a.ts', 'const a = b as any;', 'type checker'],
  ['packages/a/src/a.ts', '// oxlint-disable-next-line no-console', 'without ` -- reason`'],
  ['docs/guide.md', 'in /root/.cache', 'somebody'],
  ['.npmrc', 'registry=https://registry.example', 'registry host'],
])('refuses, in %s, %s', async (file, text, problem) => {
  expect(await problemsOf(file, `first\n${text}\n`)).toEqual([
    expect.stringMatching(new RegExp(`^${file.replaceAll('.', '\\.')}:2: .*${problem}`)),
  ]);
});

it.each([
  ['packages/a/src/a.ts', 'const todo = 1; // oxlint-disable-next-line no-console -- the command prints'],
  ['packages/a/src/a.ts', "const path = '~/work/x'; const url = 'https://a.example/root/x';"],
  ['packages/a/src/a.test.ts', "it('skips only what it must', () => {});"],
  ['packages/a/src/a.ts', '// Sends it as any client would.'],
])('accepts, in %s, %s', async (file, text) => {
  expect(await problemsOf(file, text)).toEqual([]);
});

it('refuses files that are too long, tests later than sources', async () => {
  const lines = (n: number): string => 'a\n'.repeat(n);
  using tree = createTree({ 'packages/a/src/a.ts': lines(301), 'packages/a/src/a.test.ts': lines(600), 'packages/a/src/b.ts': lines(300) });
  expect(await fileSize.run(tree.repository)).toEqual([expect.stringContaining('packages/a/src/a.ts: has 301 lines')]);
});
