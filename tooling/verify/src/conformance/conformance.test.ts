import { expect, it } from 'vitest';
import { explainedWarnings, warningsOfPage } from './explained-warnings.ts';
import { compareWarnings, warningsIn } from './judge-answers.ts';
import { type Disputed, setApart } from './judge-requests.ts';
import { readCount } from './read-count.ts';

it('the suite counts case by case', () => {
  expect(readCount('{}\n90/92 pass\n2 upstream lost\n', 1)).toMatchObject({ passed: 90, failed: 2 });
  expect(readCount('10/10 pass\n', 0)).toMatchObject({ passed: 10, failed: 0 });
  expect(readCount('crash', 1)).toMatchObject({ passed: 0, failed: 1 });
});

it('each warning needs its reason, and each reason its warning', () => {
  const given = warningsIn('[{"warnings":["status 400 -> 401"]},{"warnings":[]},{"warnings":["status 400 -> 401","lost"]}]');
  expect([...given]).toEqual([
    ['status 400 -> 401', 2],
    ['lost', 1],
  ]);
  expect(compareWarnings(given, ['status 400 -> 401', 'lost'])).toEqual([]);
  expect(compareWarnings(given, ['lost', 'late'])).toEqual([
    expect.stringContaining('"status 400 -> 401" is not explained'),
    expect.stringContaining('"late", which is not given'),
  ]);
  const page =
    '# T\n\n## Other\n\n| `no` | x |\n\n## The conformance suite\n\n| warning | why |\n|---|---|\n| `yes` | y |\n\n## End\n\n| `no` |';
  expect(warningsOfPage(page)).toEqual(['yes']);
  expect(explainedWarnings()).toContain('status 400 -> 401');
});

it('a disputed case may fail, no other may, and each names the page that says so', () => {
  const disputed: Disputed = { case: 'R23', api: 'ollama-chat', why: 'w', documentation: 'https://docs.example' };
  const counted = (output: string) => readCount(output, 1);
  const one = 'FAIL ollama-chat R23 PDF document - dropped\n112/113 pass\n';
  expect(setApart(counted(one), [disputed])).toMatchObject({
    passed: 112,
    failed: 0,
    report: expect.stringContaining('docs.example') as unknown,
  });
  expect(setApart(counted(one), [])).toMatchObject({ failed: 1 });
  expect(setApart(counted(`FAIL gemini R23 PDF document - dropped\n${one}`), [disputed])).toMatchObject({ failed: 1 });
  expect(setApart(counted('113/113 pass\n'), [disputed]).output).toContain('take it out');
  expect(setApart(counted(one), [{ ...disputed, documentation: '' }]).failed).toBe(1);
  expect(setApart(counted('crash'), [disputed]).failed).toBeGreaterThan(0);
  const six = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'].map((name) => ({ ...disputed, case: name }));
  const output = six.map((each) => `FAIL ollama-chat ${each.case} x - y\n`).join('');
  expect(setApart(counted(`${output}1/7 pass\n`), six)).toMatchObject({ failed: 1 });
});
