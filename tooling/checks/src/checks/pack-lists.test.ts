import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { renderPackLists } from '../reference/pack-lists.ts';
import { packListProblems } from './pack-lists.ts';

const papers = ['package.json', 'README.md', 'LICENSE'];
const problemsOf = (files: readonly string[]): readonly string[] => {
  using tree = createTree({ 'packages/a/package.json': { name: '@ccproxy/a', bin: { a: './bin/a.js' } }, 'packages/a/src/index.ts': '' });
  return packListProblems(tree.repository, { name: '@ccproxy/a', files });
};
const complete = [...papers, 'bin/a.js', 'dist/index.js', 'dist/index.js.map', 'dist/index.d.ts'];

it('accepts the compiled package and its papers', () => {
  expect(problemsOf(complete)).toEqual([]);
});

it.each(['dist/index.test.js', 'src/index.ts', '.env', 'dist/.tsbuildinfo', 'dist/__fixtures__/a.js', 'dist/key.pem'])(
  'refuses %s',
  (file) => {
    expect(problemsOf([...complete, file]).join('\n')).toContain(`would ship ${file}`);
  },
);

it('refuses a tarball without its licence or its bin, and with a file whose source is gone', () => {
  expect(problemsOf(['package.json', 'README.md', 'dist/gone.js'])).toEqual([
    '@ccproxy/a: would ship without LICENSE.',
    '@ccproxy/a: would ship without bin/a.js.',
    expect.stringContaining('would ship dist/gone.js, whose source is gone'),
  ]);
});

it('refuses helpers of tests that are not an entry of the package', () => {
  expect(problemsOf([...complete, 'dist/testing/index.js']).join('\n')).toContain('add "!dist/testing" to files');
});

it('draws compiled files as one line per folder and kind', () => {
  const files = [...complete, 'dist/deep/x.js', 'dist/other.js'];
  expect(renderPackLists([{ name: '@ccproxy/a', files }])).toContain(
    '@ccproxy/a\n  LICENSE\n  README.md\n  bin/a.js\n  dist/*.d.ts\n  dist/*.js\n  dist/*.js.map\n  dist/deep/*.js\n  package.json\n',
  );
});
