import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { packageSameness } from './package-sameness.ts';

const conditions = { types: './dist/index.d.ts', default: './dist/index.js' };
const good = {
  name: '@ccproxy/kernel',
  description: 'What the others stand on.',
  license: 'MIT',
  repository: { directory: 'packages/kernel' },
  files: ['dist', '!dist/**/*.tsbuildinfo', 'README.md', 'CHANGELOG.md'],
  type: 'module',
  sideEffects: false,
  exports: { '.': { '@ccproxy/source': './src/index.ts', ...conditions } },
  publishConfig: { exports: { '.': conditions }, access: 'public', provenance: true },
  scripts: { build: 'tsc -b', clean: 'tsc -b --clean' },
  engines: { node: '>=22.19' },
  ccproxy: { floor: 0 },
};
const readme =
  '# @ccproxy/kernel\n\nText.\n\nFloor 0 of the house.\n\n## Example\n\n```js\nimport "@ccproxy/kernel";\n```\n\n## Exports\n\n- a\n';
const files = {
  'packages/kernel/README.md': readme,
  'packages/kernel/tsconfig.json': {},
  'packages/kernel/src/index.ts':
    "/** A table. */\nexport {\n  a,\n  type B,\n} from './a.js';\nexport * from './c.js';\n// why\nexport type { D } from './d.js';\nimport './fastify-augmentation.js';\n",
};
const problemsOf = async (changes: Readonly<Record<string, string | object>>): Promise<readonly string[]> => {
  using tree = createTree({ 'packages/kernel/package.json': good, ...files, ...changes });
  return packageSameness.run(tree.repository);
};

it('accepts a package like its siblings', async () => {
  expect(await problemsOf({})).toEqual([]);
});

it.each([
  [{ engines: { node: '>=20' } }, 'engines.node'],
  [{ name: '@ccproxy/core' }, 'name is'],
  [{ description: 'no sentence' }, 'description'],
  [{ files: ['dist'] }, 'files does not list "README.md"'],
  [{ scripts: { build: 'tsup' } }, 'scripts.build'],
  [{ ccproxy: {} }, 'ccproxy.floor is missing'],
  [{ exports: { '.': { ...conditions, '@ccproxy/source': './src/index.ts' } } }, 'in this order'],
  [{ exports: { '.': { '@ccproxy/source': './src/gone.ts', ...conditions } } }, 'does not exist'],
  [{ publishConfig: { ...good.publishConfig, exports: {} } }, 'publishConfig.exports is not exports without'],
])('refuses a manifest with %j', async (change, problem) => {
  expect((await problemsOf({ 'packages/kernel/package.json': { ...good, ...change } })).join('\n')).toContain(problem);
});

it.each([
  ['README.md', '# kernel\n', 'does not begin with "# @ccproxy/kernel"'],
  ['README.md', readme.replace('Floor 0', 'Floor 3'), 'does not say "Floor 0"'],
  ['README.md', readme.replace('```js', '```ts'), 'has no ```js example'],
  ['README.md', readme.replace('## Exports', '## More'), 'has no heading "Exports"'],
  ['src/index.ts', "export { a } from './a.js';\nexport const b = 1;\n", 'does more than re-export'],
  ['src/index.ts', "import './side-effect.js';\n", 'does more than re-export'],
])('refuses %s with %j', async (file, text, problem) => {
  expect((await problemsOf({ [`packages/kernel/${file}`]: text })).join('\n')).toContain(problem);
});
