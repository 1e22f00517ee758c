import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** Survives `pnpm install`, which owns node_modules; git-ignored. */
export const cache = join(root, '.cache');

/** Exact version of pnpm: the `packageManager` pin of the root package.json. */
export function pinnedPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return packageManager.replace(/^pnpm@/, '').replace(/\+.*/, '');
}

/** The Node the project is developed on, fetched when the running one does not fit. */
export const nodeVersion = '24.21.0';
