import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProcesses, createTempHome, type Processes, runBin, type TempHome } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npm, withNode } from './install/npm.ts';
import { otherNode } from './install/other-node.ts';
import { pnpm } from './install/pnpm.ts';
import { publishAll } from './install/publish-all.ts';
import { type LocalRegistry, startRegistry } from './install/registry.ts';

/** The oldest line that is supported, the newest, and one whose user must be told. */
const newest = '24.21.0';
const supported = ['22.23.3', newest];
const tooOld = '20.20.2';
/** Not the product itself, which the first tests install. */
const libraries =
  'claude client config daemon gateway http ipc kernel launch ledger projects providers router store telemetry tokens wire'.split(' ');

let home: TempHome;
let processes: Processes;
let registry: LocalRegistry;

beforeAll(async () => {
  home = createTempHome();
  processes = createProcesses();
  registry = await startRegistry(home, processes);
  await publishAll(processes, registry);
});
afterAll(async () => {
  await processes.stop();
  home.remove();
});

interface Product {
  /** The Node that installed it. */
  readonly node: string;
  /** The script npm links as `ccproxy`. */
  readonly bin: string;
}

const products = new Map<string, Promise<Product>>();
/** The product as a user of that Node has it, installed once for all tests: they only use it. */
function productOn(version: string): Promise<Product> {
  const product = products.get(version) ?? installProduct(version);
  products.set(version, product);
  return product;
}

/** `npm i -g --prefix DIR @ccproxy/cli` */
async function installProduct(version: string): Promise<Product> {
  const node = await otherNode(processes, version);
  const prefix = mkdtempSync(join(home.home, 'global-'));
  const env = home.env(registry.npmEnv);
  await npm(processes, ['install', '--global', '--prefix', prefix, '@ccproxy/cli'], { cwd: home.work, env, node });
  const modules = process.platform === 'win32' ? join(prefix, 'node_modules') : join(prefix, 'lib', 'node_modules');
  return { node, bin: join(modules, '@ccproxy', 'cli', 'bin', 'ccproxy.js') };
}

/** Installs a package into a folder, laid out as npm does it. Unlike npm, pnpm unpacks what several of them need only once. */
async function installAlone(name: string, folder: string): Promise<void> {
  const layout = ['--config.node-linker=hoisted', '--ignore-scripts', '--store-dir', join(home.home, 'store')];
  // What was published a moment ago is what is asked for.
  const source = ['--registry', registry.url, '--config.minimum-release-age=0'];
  await pnpm(processes, ['add', ...layout, ...source, name], { cwd: folder, env: home.env(registry.npmEnv) });
}

describe.each(supported)('on Node %s', (version) => {
  it('[B1][B9] `npm i -g @ccproxy/cli` alone is the product: it starts, answers a request and stops', async () => {
    const { node, bin } = await productOn(version);
    using user = createTempHome();
    user.writeConfig({ providers: { demo: { type: 'demo' } }, models: { default: { provider: 'demo' } } });
    const ccproxy = (...args: string[]): ReturnType<typeof runBin> =>
      runBin(bin, args, { node, processes, cwd: user.work, env: withNode(user.env(), node) });

    const started = await ccproxy('start', '--json');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const { port } = JSON.parse(readFileSync(join(user.stateDir, 'run', 'daemon.json'), 'utf8')) as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude-sonnet-4-5', max_tokens: 16, messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(await answer.json()).toMatchObject({ type: 'message', role: 'assistant' });
    expect(await ccproxy('stop')).toMatchObject({ code: 0 });
    expect(await ccproxy('status')).toMatchObject({ code: 3 });
  });
});

it('[B8] a plugin of somebody else is installed, adds its command, is listed by doctor and removed again', async () => {
  const folder = mkdtempSync(join(home.home, 'plugin-'));
  mkdirSync(join(folder, 'commands'));
  const manifest = {
    name: 'ccproxy-plugin-sample',
    version: '1.0.0',
    type: 'module',
    license: 'MIT',
    dependencies: { '@oclif/core': '5.1.9' },
    oclif: { commands: './commands', topicSeparator: ' ' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'commands', 'greet.js'),
    `import { Command } from '@oclif/core';\nexport default class Greet extends Command {\n  async run() { this.log('hello from a plugin'); }\n}\n`,
  );
  await npm(processes, ['publish', folder, '--provenance=false', '--access=public'], { cwd: home.work, env: home.env(registry.npmEnv) });

  const { node, bin } = await productOn(newest);
  using user = createTempHome();
  const env = withNode(user.env(registry.npmEnv), node);
  const ccproxy = (...args: string[]): ReturnType<typeof runBin> =>
    runBin(bin, args, { node, processes, cwd: user.work, env, timeoutMs: 240_000 });
  const plugins = async (): Promise<string> => {
    const { findings } = JSON.parse((await ccproxy('doctor', '--json')).stdout) as { findings: { check: string; message: string }[] };
    return findings.flatMap(({ check, message }) => (check === 'plugins' ? [message] : [])).join('\n');
  };
  expect((await ccproxy('greet')).code).toBe(2);
  const installed = await ccproxy('plugins', 'install', 'ccproxy-plugin-sample');
  expect({ code: installed.code, said: installed.code === 0 ? '' : installed.stdout + installed.stderr }).toEqual({ code: 0, said: '' });
  expect(await ccproxy('greet')).toMatchObject({ code: 0, stdout: 'hello from a plugin\n' });
  expect(await plugins()).toContain('ccproxy-plugin-sample 1.0.0 (user) runs with your rights');
  expect((await ccproxy('plugins', 'uninstall', 'ccproxy-plugin-sample')).code).toBe(0);
  expect((await ccproxy('greet')).code).toBe(2);
  expect(await plugins()).not.toContain('ccproxy-plugin-sample');

  // A repository cannot bring one: neither by its project file nor by lying around.
  user.write('work/.ccproxy.yaml', 'plugins: [./evil.js]\n');
  user.write('work/package.json', JSON.stringify({ ...manifest, name: 'evil', oclif: { plugins: ['./'], commands: './commands' } }));
  user.write('work/commands/greet.js', 'throw new Error("loaded");\n');
  const allowed = await ccproxy('allow');
  expect([allowed.code, allowed.stderr]).toEqual([2, expect.stringContaining('plugins is not allowed in a project file')]);
  expect((await ccproxy('greet')).code).toBe(2);
});

it('[B9] a Node that is too old is told what to do, in one sentence', async () => {
  const node = await otherNode(processes, tooOld);
  const said = await runBin((await productOn(newest)).bin, ['status'], { node, env: home.env() });
  expect(said).toMatchObject({ code: 2, stdout: '' });
  expect(said.stderr).toMatch(/^ccproxy needs Node 22\.19 or newer, this is 20\.20\.2: [^\n]+\n$/);
});

it.each(libraries)('[B9] @ccproxy/%s, installed alone, runs the example of its README', async (name) => {
  const folder = mkdtempSync(join(home.home, 'alone-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await installAlone(`@ccproxy/${name}`, folder);
  const readme = readFileSync(join(folder, 'node_modules', '@ccproxy', name, 'README.md'), 'utf8');
  const example = join(folder, 'example.mjs');
  writeFileSync(example, /^```js\n(.*?)^```$/ms.exec(readme)?.[1] ?? 'throw new Error("the README has no example")');
  using user = createTempHome();
  const result = await runBin(example, [], { cwd: folder, env: user.env() });
  expect({ ...result, stdout: result.stdout === '' ? 'nothing' : 'something' }).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: 'something',
  });
});
