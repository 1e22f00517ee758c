import { describe, expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { dependencyList } from './dependency-list.ts';
import { nodeIpcPin } from './node-ipc-pin.ts';
import { supplyChain } from './supply-chain.ts';

const settings = {
  minimumReleaseAge: 4320,
  minimumReleaseAgeExclude: ['@scope/a@1.2.3'],
  blockExoticSubdeps: true,
  trustPolicy: 'no-downgrade',
  saveExact: true,
  allowBuilds: { a: false },
};
const integrity = 'sha512-d5+aogND4Gk6aQkW5KCibliM4Mn12+isHXt8wFghO4Bn0gBSnev3TXJWQ4eEnzrlh5gCG+nwQEZwyayeDtQxQA==';
const brings = ['easy-stack@2.1.0', 'event-pubsub@6.1.1', 'js-message@3.1.0', 'js-queue@3.1.0', 'strong-type@2.0.0'];
const locked = {
  packages: {
    'node-ipc@14.0.0': { resolution: { integrity } },
    ...Object.fromEntries(brings.map((key) => [key, { resolution: { integrity: 'sha512-x' } }])),
  },
};
const root = { name: 'root', private: true, packageManager: 'pnpm@11.28.11' };

describe('supply chain', () => {
  const problemsOf = async (changes: Readonly<Record<string, object>>): Promise<readonly string[]> => {
    using tree = createTree({ 'package.json': root, 'pnpm-workspace.yaml': settings, 'pnpm-lock.yaml': locked, ...changes });
    return supplyChain.run(tree.repository);
  };

  it('accepts the settings of this project', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  it.each([
    [{ minimumReleaseAge: 60 }, 'minimumReleaseAge'],
    [{ minimumReleaseAgeExclude: ['@scope/*'] }, 'not one version of one package'],
    [{ blockExoticSubdeps: false }, 'blockExoticSubdeps'],
    [{ trustPolicy: 'off' }, 'trustPolicy'],
    [{ saveExact: false }, 'saveExact'],
    [{ allowBuilds: { evil: true } }, 'install script of "evil"'],
  ])('refuses %j', async (change, problem) => {
    expect(await problemsOf({ 'pnpm-workspace.yaml': { ...settings, ...change } })).toEqual([expect.stringContaining(problem)]);
  });

  it('refuses a loose pin of pnpm, a tarball by address and a missing integrity', async () => {
    expect(await problemsOf({ 'package.json': { ...root, packageManager: 'pnpm@11' } })).toHaveLength(1);
    expect(await problemsOf({ 'pnpm-lock.yaml': { packages: { 'a@1.0.0': { resolution: { tarball: 'somewhere' } } } } })).toHaveLength(1);
    expect(await problemsOf({ 'pnpm-lock.yaml': { packages: { 'a@1.0.0': { resolution: {} } } } })).toHaveLength(1);
  });
});

describe('node-ipc pin', () => {
  const problemsOf = async (changes: Readonly<Record<string, string | object>>): Promise<readonly string[]> => {
    using tree = createTree({
      'pnpm-lock.yaml': locked,
      'packages/ipc/package.json': { name: '@ccproxy/ipc', dependencies: { 'node-ipc': '14.0.0' } },
      'packages/ipc/src/node-ipc-transport.ts': "import { IPCModule } from 'node-ipc';",
      ...changes,
    });
    return nodeIpcPin.run(tree.repository);
  };
  const lock = (change: object): object => ({ 'pnpm-lock.yaml': { packages: { ...locked.packages, ...change } } });

  it('[F2] accepts the audited release in its one file', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  it.each([
    [{ 'packages/ipc/package.json': { name: '@ccproxy/ipc', dependencies: { 'node-ipc': '^14.0.0' } } }, 'not exactly'],
    [lock({ 'node-ipc@14.0.0': { resolution: { integrity: 'sha512-other' } } }), 'not that of the audited release'],
    [lock({ 'node-ipc@11.1.0': {} }), 'only 14.0.0 is allowed'],
    [lock({ 'js-queue@3.2.0': {} }), 'where js-queue@3.1.0 was audited'],
    [{ 'packages/ipc/src/other.ts': "const ipc = await import('node-ipc');" }, 'only packages/ipc/src/node-ipc-transport.ts may'],
  ])('[F2] refuses %j', async (change, problem) => {
    expect((await problemsOf(change as Readonly<Record<string, object>>)).join('\n')).toContain(problem);
  });
});

describe('dependency list', () => {
  const page = '| package | why |\n|---|---|\n| `zod` | schemas |\n| `undici` | egress |\n';
  const manifests = {
    'packages/a/package.json': { name: '@ccproxy/a', dependencies: { zod: '^4.6.7', '@ccproxy/b': 'workspace:^' } },
    'apps/cli/package.json': { name: '@ccproxy/cli', dependencies: { undici: '8.12.4' } },
    'tooling/t/package.json': { name: '@ccproxy-internal/t', private: true, dependencies: { '@ccproxy/cli': 'workspace:*' } },
  };
  const problemsOf = async (changes: Readonly<Record<string, string | object>>): Promise<readonly string[]> => {
    using tree = createTree({ 'docs/reference/dependencies.md': page, ...manifests, ...changes });
    return dependencyList.run(tree.repository);
  };

  it('accepts ranges in libraries, pins in apps, and a reason for each', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  it.each([
    ['packages/a/package.json', { name: '@ccproxy/a', dependencies: { zod: '4.6.7' } }, 'not a caret range'],
    ['apps/cli/package.json', { name: '@ccproxy/cli', dependencies: { undici: '^8.12.4' } }, 'not an exact version'],
    ['packages/a/package.json', { name: '@ccproxy/a', dependencies: { zod: '^4.6.7', '@ccproxy/b': '^0.1.0' } }, 'not "workspace:^"'],
    ['packages/a/package.json', { name: '@ccproxy/a', dependencies: { zod: '^4.6.7', yaml: '^2.0.0' } }, 'does not say why `yaml`'],
    ['packages/a/package.json', { name: '@ccproxy/a' }, 'explains `zod`, which nothing depends on'],
  ])('refuses %s with %j', async (file, manifest, problem) => {
    expect((await problemsOf({ [file]: manifest })).join('\n')).toContain(problem);
  });
});
