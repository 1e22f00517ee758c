import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { repositoryRoot } from '@ccproxy-internal/test-kit';

const changed = (file: string): number => statSync(`${repositoryRoot}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const bundles = { 'apps/ccproxyd': 'dist/chunk-http.js', 'apps/cli': 'dist/chunk-base.js' };

/** A bundle older than what it was made of would be tested in its place, after a `tsc -b` alone: it is made anew. */
export default function bundleAgain(): void {
  const compiled = Math.max(...globSync('{packages,apps}/*/dist/.tsbuildinfo', { cwd: repositoryRoot }).map(changed));
  for (const [app, file] of Object.entries(bundles)) {
    if (changed(`${app}/${file}`) >= compiled) continue;
    const cwd = `${repositoryRoot}/${app}`;
    execFileSync(process.execPath, ['node_modules/rolldown/bin/cli.mjs', '--config', '--log-level', 'warn'], { cwd, stdio: 'inherit' });
  }
}
