import path from 'node:path';
import type { AppPaths, Clock } from '@ccproxy/kernel';
import { createShellEpoch, type ShellEpoch } from './shell-epoch.js';
import { createTrustStore, type TrustStore } from './trust-store.js';

/** The files of one installation that are about projects. */
export interface ProjectPlaces {
  readonly store: TrustStore;
  /** Root of the tree that shells read. */
  readonly envDir: string;
  readonly epoch: ShellEpoch;
}

/** Opens nothing and creates nothing. */
export function projectPlaces(paths: Pick<AppPaths, 'dataDir' | 'envDir' | 'shellDir'>, clock: Clock): ProjectPlaces {
  return {
    store: createTrustStore({ dir: path.join(paths.dataDir, 'projects'), clock }),
    envDir: paths.envDir,
    epoch: createShellEpoch({ shellDir: paths.shellDir, clock, platform: process.platform }),
  };
}
