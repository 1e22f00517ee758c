import type { Check } from '../check.ts';
import { titlesIn } from '../test-titles.ts';

/** Rows of the mission table whose part is finished: each is shown by a test that names it. */
export const finishedRows: readonly string[] =
  'A1 A2 A3 A4 A5 A6 A7 A8 B1 B2 B3 B4 B5 B6 B8 B9 B10 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C23 C25 C26 D1 D2 D3 D4 D5 D6 D7 F1 F2'.split(
    ' ',
  );

const ids = /\[([A-F]\d+(?:[ ,]+[A-F]\d+)*)\]/g;

/** Row ids in the titles of the tests of one file, written as `[A2]` or `[A2, A3]`. */
export function rowsInTitles(source: string): string[] {
  return titlesIn(source).flatMap((text) => [...text.matchAll(ids)].flatMap(([, list = '']) => list.split(/[ ,]+/)));
}

/** A result is claimed only with the test that shows it. */
export const missionRows: Check = {
  name: 'mission rows',
  run: (repository) => {
    const shown = new Set(
      repository.files.filter((file) => file.endsWith('.test.ts')).flatMap((file) => rowsInTitles(repository.read(file))),
    );
    return finishedRows
      .filter((row) => !shown.has(row))
      .map((row) => `no test has [${row}] in its title; name the test that shows this row.`);
  },
};
