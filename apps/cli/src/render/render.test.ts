import { describe, expect, it } from 'vitest';
import { renderAge } from './render-age.js';
import { renderError } from './render-error.js';
import { renderTable } from './render-table.js';

describe('render', () => {
  it('[B6] shows what happened, where and what to do', () => {
    const text = renderError({
      code: 'CCP_X',
      title: 'Bad',
      message: 'it broke',
      hint: 'Mend it.',
      where: { file: 'a.yaml', line: 3, column: 7 },
      details: { rendered: '  3 | x' },
    });
    expect(text).toBe('Bad: it broke\n  at a.yaml:3:7\n  3 | x\n  Mend it.\n  (CCP_X)');
    expect(renderError({ code: 'CCP_X', title: 'Bad', message: 'it broke', hint: '' })).toBe('Bad: it broke\n  (CCP_X)');
  });

  it('[C7] says nothing twice that a rendered diagnostic says', () => {
    const rendered = 'a.yaml:3:7 - error CCP_X: it broke\n  3 | x\n  Mend it.';
    const where = { file: 'a.yaml', line: 3, column: 7 };
    expect(renderError({ code: 'CCP_X', title: 'Bad', message: 'it broke', hint: 'Mend it.', where, details: { rendered } })).toBe(
      `Bad: it broke\n${rendered}\n  (CCP_X)`,
    );
  });

  it('aligns columns', () => {
    expect(
      renderTable([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toBe('a    bb  c\naaa  b');
  });

  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('renders %d ms as %s', (ms, text) => {
    expect(renderAge(ms)).toBe(text);
  });
});
