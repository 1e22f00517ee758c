import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';

/** One Markdown file of the repository. */
export interface Page {
  /** Relative to the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Of its first line of text, from 1. */
  readonly line: number;
}

const everything = ['*.md', 'docs/**/*.md', '.changeset/*.md', 'packages/*/README.md', 'apps/*/README.md'];

/** Every page for users and contributors. */
export function readPages(patterns: readonly string[] = everything): Page[] {
  return globSync([...patterns], { cwd: repositoryRoot })
    .toSorted()
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}

export function fencedBlocks({ text }: Page): Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: body = '', index }) => ({
    language,
    text: body,
    line: text.slice(0, index).split('\n').length + 1,
  }));
}
