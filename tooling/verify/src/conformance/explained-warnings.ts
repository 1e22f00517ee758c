import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';

/** Where users read why a warning of the suite is on purpose. */
export const explanations = 'docs/guide/translation.md';

/** The warnings in the table of that page. */
export const explainedWarnings = (): string[] => warningsOfPage(readFileSync(join(repositoryRoot, explanations), 'utf8'));

/** The first column of the table below the heading about the suite, without its marks. */
export function warningsOfPage(page: string): string[] {
  const section = page.split('\n## ').find((part) => part.startsWith('The conformance suite')) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, text = '']) => text);
}
