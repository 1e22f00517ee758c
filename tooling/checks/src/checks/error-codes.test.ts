import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { renderErrors } from '../reference/error-tables.ts';
import { errorCodes } from './error-codes.ts';

const spec = { title: 'Broken', why: 'A thing broke.', fix: 'Mend it.', exitCode: 1, httpStatus: 500 };
/** A compiled error table, as defineErrors leaves it. */
const table = (specs: Readonly<Record<string, object>>): string =>
  `export const errors = { [Symbol.for('ccproxy.error-specs')]: ${JSON.stringify(specs)} };`;
const tree = (tables: Readonly<Record<string, string | undefined>>): ReturnType<typeof createTree> =>
  createTree(
    Object.fromEntries(
      Object.entries(tables).flatMap(([name, dist]) => [
        [`packages/${name}/package.json`, { name: `@ccproxy/${name}`, type: 'module' }],
        [`packages/${name}/src/errors.ts`, ''],
        ...(dist === undefined ? [] : [[`packages/${name}/dist/errors.js`, dist]]),
      ]),
    ),
  );

it('accepts complete entries and writes them as a page', async () => {
  using made = tree({ a: table({ CCP_B: spec }), b: table({ CCP_A: { ...spec, title: 'First' } }) });
  expect(await errorCodes.run(made.repository)).toEqual([]);
  const page = await renderErrors(made.repository);
  expect([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(['CCP_A', 'CCP_B']);
  expect(page).toContain('**First** (@ccproxy/b, HTTP 500, exit code 1 failed)\n\nA thing broke.\n\nWhat to do: Mend it.');
});

it('refuses a code with two owners', async () => {
  using made = tree({ a: table({ CCP_A: spec }), b: table({ CCP_A: spec }) });
  expect(await errorCodes.run(made.repository)).toEqual(['CCP_A is declared by @ccproxy/a and @ccproxy/b; keep one.']);
});

it.each([
  [{ CCP_a: spec }, 'is not spelt'],
  [{ CCP_A: { ...spec, title: ' ' } }, 'has no title'],
  [{ CCP_A: { ...spec, why: 'It broke in two' } }, 'why it happens'],
  [{ CCP_A: { ...spec, fix: '' } }, 'what to do'],
  [{ CCP_A: { ...spec, exitCode: 9 } }, 'exit code 9'],
  [{ CCP_A: { ...spec, httpStatus: 200 } }, 'HTTP status 200'],
])('refuses %j', async (specs, problem) => {
  using made = tree({ a: table(specs) });
  expect(await errorCodes.run(made.repository)).toEqual([expect.stringContaining(problem)]);
});

it('refuses to judge a table that is not built', async () => {
  using made = tree({ a: undefined });
  expect(await errorCodes.run(made.repository)).toEqual([expect.stringContaining('run `pnpm build`')]);
});
