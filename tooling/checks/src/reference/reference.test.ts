import { describe, expect, it } from 'vitest';
import { pageProblems } from '../checks/reference-docs.ts';
import { createTree } from '../create-tree.ts';
import { renderCommands } from './commands.ts';
import { renderConfiguration } from './configuration.ts';
import { renderIpcMethods } from './ipc-methods.ts';
import { shapeOf } from './shape-of.ts';

describe('pageProblems', () => {
  const page = (text: string | undefined): Parameters<typeof pageProblems>[1] => ({ path: 'docs/a.md', render: () => text });

  it('compares the page with the code and names the first line that differs', async () => {
    using tree = createTree({ 'docs/a.md': 'one\ntwo\n' });
    expect(await pageProblems(tree.repository, page('one\ntwo\n'))).toEqual([]);
    expect(await pageProblems(tree.repository, page('one\n2\n'))).toEqual([expect.stringMatching(/^docs\/a\.md:2: differs/)]);
    expect(await pageProblems(tree.repository, page('one\n'))).toHaveLength(1);
    expect(await pageProblems(tree.repository, page('one\ntwo\nthree\n'))).toHaveLength(1);
  });

  it('a missing page and code that is not built are problems', async () => {
    using tree = createTree({});
    expect(await pageProblems(tree.repository, page('x'))).toEqual([expect.stringContaining('is missing')]);
    expect(await pageProblems(tree.repository, page(undefined))).toEqual([expect.stringContaining('not built')]);
  });
});

it.each([
  [{ type: 'string' }, 'string'],
  [{ type: 'object', properties: { a: { type: 'number' }, b: { type: 'boolean' } }, required: ['a'] }, '{ a: number, b?: boolean }'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, '(string | null)[]'],
  [{ type: 'object', additionalProperties: { enum: ['x', 1] } }, '{ [name: string]: "x" | 1 }'],
  [{ const: true }, 'true'],
  [{}, 'unknown'],
])('draws %j as %s', (schema, shape) => {
  expect(shapeOf(schema)).toBe(shape);
});

it('writes commands with arguments, flags and examples, and no hidden ones', () => {
  const start = {
    id: 'config:show',
    summary: 'Shows it.',
    args: { file: { name: 'file', description: 'A file.' } },
    flags: {
      port: { name: 'port', char: 'p', type: 'option', summary: 'Port.', default: 3456, env: 'CC_PROXY_PORT' },
      secret: { name: 'secret', type: 'boolean', hidden: true },
    },
    examples: ['$ <%= config.bin %> config show'],
  };
  using tree = createTree({ 'apps/cli/oclif.manifest.json': { commands: { a: start, b: { id: 'hook', hidden: true } } } });
  const page = renderCommands(tree.repository) ?? '';
  expect(page).toContain('## ccproxy config show\n\nShows it.\n\n`ccproxy config show [FILE] [FLAGS]`');
  expect(page).toContain('| `-p, --port <value>` | Port. Default: `3456`. Environment: `CC_PROXY_PORT`. |');
  expect(page).toContain('\n    ccproxy config show\n');
  expect(page).not.toMatch(/secret|hook/);
});

it('writes a table of keys per section of the configuration', async () => {
  const keys = [
    { path: 'server', type: 'map', default: '', description: 'Where it listens.', available: true },
    { path: 'server.port', type: 'integer', default: '3456', description: 'A | B.', available: true },
    { path: 'budgets', type: 'map', default: '', description: '', available: false },
  ];
  using tree = createTree({
    'packages/config/package.json': { name: '@ccproxy/config', type: 'module' },
    'packages/config/dist/index.js': `export const configReference = () => (${JSON.stringify(keys)});`,
  });
  const page = await renderConfiguration(tree.repository);
  expect(page).toContain(
    '## server\n\nWhere it listens.\n\n| key | type | default | |\n|---|---|---|---|\n| `server.port` | integer | `3456` | A \\| B. |',
  );
  expect(page).toContain('## budgets\n\nKnown, and refused in this version.');
});

it('pages of code that is not built are not written', async () => {
  using tree = createTree({});
  expect(renderCommands(tree.repository)).toBeUndefined();
  expect(await renderIpcMethods(tree.repository)).toBeUndefined();
  expect(await renderConfiguration(tree.repository)).toBeUndefined();
});
