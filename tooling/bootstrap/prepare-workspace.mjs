import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, root } from './paths.mjs';
import { capture } from './run.mjs';
import { say } from './say.mjs';
import { withLock } from './with-lock.mjs';

/** Installs the dependencies when they changed since the last time, and builds when asked to. One process of a checkout at a time. */
export async function prepareWorkspace(toolchain, { build }) {
  await withLock(join(cache, 'workspace.lock'), async () => {
    await installDependencies(toolchain);
    if (build) await buildPackages(toolchain);
  });
}

async function installDependencies({ node, pnpm, env }) {
  // Inside node_modules, so that it goes when node_modules goes.
  const stamp = join(root, 'node_modules', '.cache', 'ccproxy-installed');
  const wanted = fingerprint();
  if (readText(stamp) === wanted) return;
  say('installing the dependencies (pnpm install --frozen-lockfile)');
  const { code, output } = await capture(node, [pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    env: { ...env, CI: 'true' },
  });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error(
      "The dependencies could not be installed: the lines above name the cause; check the network and npm's registry setting, then run this again.",
    );
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Of everything that decides what an installation contains. */
function fingerprint() {
  const manifests = ['apps', 'packages', 'tooling'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}/package.json`),
  );
  const hash = createHash('sha256');
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...manifests]) {
    hash.update(`${file}\0${readText(join(root, file)) ?? ''}\0`);
  }
  return hash.digest('hex');
}

async function buildPackages({ node, env }) {
  say('building (what did not change comes from the cache)');
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const { code, output } = await capture(node, [turbo, 'run', 'build', '--output-logs=errors-only'], { env });
  if (code === 0) return;
  process.stderr.write(output);
  throw new Error('The build failed: the lines above name the file and the line.');
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
