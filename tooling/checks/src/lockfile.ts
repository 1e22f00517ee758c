import { parse } from 'yaml';
import type { Repository } from './repository.ts';

/** pnpm-lock.yaml, as far as the checks look at it. */
export interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly resolution?: { readonly integrity?: string; readonly tarball?: string } }>>;
  readonly snapshots?: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>;
}

export const readLockfile = (repository: Repository): Lockfile => parse(repository.read('pnpm-lock.yaml')) as Lockfile;
