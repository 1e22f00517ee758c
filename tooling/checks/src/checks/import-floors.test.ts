import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { importFloors } from './import-floors.ts';

const member = (name: string, floor: number, dependencies: Readonly<Record<string, string>> = {}): object => ({
  name: `@ccproxy/${name}`,
  dependencies,
  devDependencies: { 'type-only': '1.0.0' },
  ccproxy: { floor },
});
const lower = member('lower', 0);
const problemsOf = async (file: string, source: string, exports: object = {}): Promise<readonly string[]> => {
  using tree = createTree({
    'packages/lower/package.json': lower,
    'packages/left/package.json': { ...member('left', 1, { '@ccproxy/lower': 'workspace:^', zod: '^4.0.0' }), exports },
    'packages/right/package.json': member('right', 1),
    'tooling/kit/package.json': { name: '@ccproxy-internal/kit', private: true },
    [`packages/left/src/${file}`]: source,
  });
  return importFloors.run(tree.repository);
};

it.each([
  ['a.ts', "import { a } from '@ccproxy/lower';\nimport { z } from 'zod';\nimport { b } from './b.js';\nimport fs from 'node:fs';"],
  ['a.ts', "import type { T } from 'type-only';"],
  ['a.test.ts', "import { it } from 'vitest';\nimport { T } from 'type-only';"],
  ['testing/bed.ts', "import { it } from 'vitest';\nimport { a } from '../a.js';\nimport { b } from './b.js';"],
  ['deep/a.test.ts', "import { bed } from '../testing/bed.js';"],
])('accepts lower floors, declared packages and test tools: %s', async (file, source) => {
  expect(await problemsOf(file, source)).toEqual([]);
});

it.each([
  ['a.ts', "import { a } from '@ccproxy/right';", 'stands on floor 1; @ccproxy/left on floor 1 imports from lower floors only'],
  ['a.test.ts', "import { a } from '@ccproxy/right';", 'imports from lower floors only'],
  ['a.ts', "import { a } from '@ccproxy-internal/kit';", 'which is tooling'],
  ['a.ts', "import { a } from '../../lower/src/a.js';", 'reaches out of its package'],
  ['a.ts', "import { a } from '@ccproxy/left';", 'imports its own package by name'],
  ['a.ts', "import fs from 'fs';", 'write "node:fs"'],
  ['a.ts', "import { T } from 'type-only';", 'does not declare as a dependency'],
  ['a.ts', "import { it } from 'vitest';", 'does not declare'],
  ['a.ts', "import { bed } from './testing/bed.js';", 'which is for tests'],
  ['deep/a.ts', "import { bed } from './testing/bed.js';", 'which is for tests'],
])('refuses, in %s, %s', async (file, source, problem) => {
  expect((await problemsOf(file, source)).join('\n')).toContain(problem);
});

it('refuses test tools in what a package exports for the tests of others', async () => {
  const source = "import { it } from 'vitest';";
  expect(await problemsOf('testing/bed.ts', source, { './testing': './src/testing/index.ts' })).toEqual([
    expect.stringContaining('does not declare as a dependency'),
  ]);
});

it('refuses a sideways dependency before any import, except the daemon the command line spawns', async () => {
  using tree = createTree({
    'apps/ccproxyd/package.json': member('daemon', 5),
    'apps/cli/package.json': member('cli', 5, { '@ccproxy/daemon': 'workspace:^' }),
    'packages/lower/package.json': member('lower', 0, { '@ccproxy/cli': 'workspace:^' }),
  });
  expect(await importFloors.run(tree.repository)).toEqual([
    expect.stringContaining('packages/lower/package.json: depends on @ccproxy/cli'),
  ]);
});
