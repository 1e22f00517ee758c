import { expect, it } from 'vitest';
import { createTree } from '../create-tree.ts';
import { finishedRows, missionRows, rowsInTitles } from './mission-rows.ts';

it.each([
  ["it('[A2] one daemon', () => {});", ['A2']],
  ["describe('locks [A2, A3]', () => {});", ['A2', 'A3']],
  ["it(\n  'long title [B10]',\n  () => {},\n);", ['B10']],
  ["it.each([\n  ['x', f(1)],\n])('%s [C6]', () => {});", ['C6']],
  ['test(`[F1] ${name}`, () => {});', ['F1']],
  ["const a = '[A2]'; // it proves [A3]", []],
])('finds in %j the rows %j', (source, rows) => {
  expect(rowsInTitles(source)).toEqual(rows);
});

it('names every finished row no test names', async () => {
  const [first, ...others] = finishedRows;
  using tree = createTree({ 'packages/a/src/a.test.ts': `it('[${others.join(' ')}] everything else', () => {});` });
  expect(await missionRows.run(tree.repository)).toEqual([expect.stringContaining(`[${first}]`)]);
});
