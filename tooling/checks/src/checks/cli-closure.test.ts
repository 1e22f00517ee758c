import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { renderCliClosure } from '../reference/cli-closure.ts';
import { cliClosureCheck } from './cli-closure.ts';

const library = (name: string, exports: Readonly<Record<string, string>>): object => ({
  name: `@ccproxy/${name}`,
  exports: Object.fromEntries(Object.entries(exports).map(([path, file]) => [path, { default: file }])),
});
const base = {
  'apps/cli/package.json': { name: '@ccproxy/cli' },
  'apps/cli/bin/ccproxy.js': "import { run } from '../dist/main.js';",
  'apps/cli/src/main.ts':
    "const core = await import('@oclif/core');\nimport '@ccproxy/client/connect';\nimport type { Server } from 'fastify';",
  'apps/cli/src/main.test.ts': "import 'fastify';",
  'packages/client/package.json': library('client', { '.': './dist/index.js', './connect': './dist/connect.js' }),
  'packages/client/dist/index.js': "import 'undici';",
  'packages/client/dist/connect.js': "import net from 'node:net';\nimport './frame.js';",
};

it('follows subpaths, lazy imports and compiled files, and names packages of others', async () => {
  using tree = createTree({ ...base, 'packages/client/dist/frame.js': "import 'yaml';" });
  expect(await cliClosureCheck.run(tree.repository)).toEqual([]);
  const list = renderCliClosure(tree.repository);
  expect(list).toContain('Packages of this repository\n  @ccproxy/client/connect\n');
  expect(list).toContain('Packages of others\n  @oclif/core\n  yaml\n');
});

it('refuses what belongs to the daemon, with the way it is reached', async () => {
  using tree = createTree({ ...base, 'packages/client/dist/frame.js': "import '@ccproxy/store';" });
  expect(await cliClosureCheck.run(tree.repository)).toEqual([
    'apps/cli: reaches "@ccproxy/store" by apps/cli/src/main.ts > packages/client/dist/connect.js > packages/client/dist/frame.js; give the part it needs an entry of its own.',
  ]);
});

it('refuses to judge what is not built', async () => {
  using tree = createTree(base);
  expect(await cliClosureCheck.run(tree.repository)).toEqual([
    expect.stringContaining('packages/client/dist/frame.js is imported but does not exist'),
  ]);
  using empty = createTree({ 'apps/cli/package.json': { name: '@ccproxy/cli' } });
  expect(await cliClosureCheck.run(empty.repository)).toEqual([expect.stringContaining('there is no apps/cli/bin/')]);
});
