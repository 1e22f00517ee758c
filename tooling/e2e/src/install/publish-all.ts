import { type Processes, repositoryRoot } from '@ccproxy-internal/test-kit';
import { ownEnv } from './npm.ts';
import { pnpm } from './pnpm.ts';
import type { LocalRegistry } from './registry.ts';

/** Packs every public package and publishes it to the local registry, all in one run of pnpm. Nothing of the checkout changes. */
export async function publishAll(processes: Processes, registry: LocalRegistry): Promise<void> {
  const packages = ['--recursive', '--filter', './packages/*', '--filter', './apps/*'];
  const how = ['--no-git-checks', '--provenance=false', '--access=public', '--registry', registry.url];
  await pnpm(processes, [...packages, 'publish', ...how], { cwd: repositoryRoot, env: { ...ownEnv(), ...registry.npmEnv } });
}
