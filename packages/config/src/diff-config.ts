import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.js';

/** One place where two configurations differ. Names only: values may be credentials. */
export interface ConfigChange {
  /** `providers.work`, `server.port`, `routes` */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

type Entries = Readonly<Record<string, unknown>>;

const isEntries = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where `after` differs from `before`: by name in maps of named things and by key elsewhere, two levels deep; lists as a whole. */
export function diffConfig(before: Config, after: Config): readonly ConfigChange[] {
  return diffEntries({ ...before }, { ...after }, '', 2);
}

function diffEntries(before: Entries, after: Entries, prefix: string, depth: number): ConfigChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): ConfigChange[] => {
    const [old, present] = [before[name], after[name]];
    if (isDeepStrictEqual(old, present)) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (depth > 1 && isEntries(old) && isEntries(present)) return diffEntries(old, present, path, depth - 1);
    return [{ path, kind: old === undefined ? 'added' : present === undefined ? 'removed' : 'changed' }];
  });
}
