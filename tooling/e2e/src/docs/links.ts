import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';
import type { Page } from './pages.ts';

const withoutCode = (text: string): string => text.replaceAll(/^```\w*\n[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** The anchor a forge gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (text: string): Set<string> => new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')));

/** Links of a page to files or headings of this repository that do not exist. */
export function brokenLinks(page: Page): string[] {
  const targets = [...withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? join(repositoryRoot, page.path) : join(repositoryRoot, dirname(page.path), file);
    if (!existsSync(path)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(path, 'utf8')).has(anchor);
  });
}
