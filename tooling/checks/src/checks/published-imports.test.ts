import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { publishedImports } from './published-imports.ts';

const manifest = {
  name: '@ccproxy/a',
  dependencies: { zod: '^4.0.0' },
  peerDependencies: { ioredis: '^5.0.0' },
  devDependencies: { openai: '7.0.0' },
};

it('accepts declared packages, peers and own subpaths', async () => {
  using tree = createTree({
    'packages/a/package.json': manifest,
    'packages/a/dist/index.js': "import { z } from 'zod';\nconst r = await import('ioredis');\nimport 'node:fs';",
    // how declarations name Node's own modules
    'packages/a/dist/index.d.ts': 'export declare const s: import("http").Server;',
    'packages/a/bin/a.js': "import '@ccproxy/a';",
  });
  expect(await publishedImports.run(tree.repository)).toEqual([]);
});

it('refuses a development dependency in code and in declarations', async () => {
  using tree = createTree({
    'packages/a/package.json': manifest,
    'packages/a/dist/index.js': "import 'openai';",
    'packages/a/dist/index.d.ts': "import type { T } from 'openai';",
  });
  expect(await publishedImports.run(tree.repository)).toHaveLength(2);
});

it('refuses to judge what is not built', async () => {
  using tree = createTree({ 'packages/a/package.json': manifest });
  expect(await publishedImports.run(tree.repository)).toEqual([expect.stringContaining('is not built')]);
});
