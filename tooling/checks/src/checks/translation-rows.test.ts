import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { renderTranslationRows, translationRows } from '../reference/translation-rows.ts';
import { translationRowsCheck } from './translation-rows.ts';

const count = translationRows.flatMap(([, rows]) => rows).length;
const titles = (rows: readonly number[]): string => rows.map((row) => `it('[C13] TR-${row} does it', () => {});`).join('\n');
const all = Array.from({ length: count }, (_, index) => index + 1);

it('has the 125 rows', () => {
  expect(count).toBe(125);
});

it('wants a test for every row, in a title, and knows no other row', async () => {
  using whole = createTree({ 'packages/a/src/a.test.ts': titles(all) });
  expect(await translationRowsCheck.run(whole.repository)).toEqual([]);
  using tree = createTree({
    'packages/a/src/a.test.ts': `${titles(all.filter((row) => row !== 7))}\n// TR-7\n${titles([126])}`,
    'packages/a/src/a.ts': titles([7]),
  });
  expect(await translationRowsCheck.run(tree.repository)).toEqual([
    expect.stringContaining('TR-7 (pictures as base64) is in no test title'),
    'packages/a/src/a.test.ts: there is no row TR-126.',
  ]);
});

it('links each row to its tests', () => {
  using tree = createTree({
    'packages/translate/src/gemini/write-request.test.ts': titles([7]),
    'packages/providers/src/testing/faults.ts': "check('row 55, TR-7: as the provider says', async () => {});",
  });
  expect(renderTranslationRows(tree.repository)).toContain(
    '| TR-7 | pictures as base64 | [providers/testing/faults](../../packages/providers/src/testing/faults.ts), [translate/gemini/write-request](../../packages/translate/src/gemini/write-request.test.ts) |',
  );
});
