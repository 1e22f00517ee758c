import type { Check } from '../check.ts';
import { filesOfRows, translationRows } from '../reference/translation-rows.ts';

/** Every row of the translation is shown by a test that names it, and no test names a row there is not. */
export const translationRowsCheck: Check = {
  name: 'translation rows',
  run: (repository) => {
    const files = filesOfRows(repository);
    const rows = translationRows.flatMap(([, list]) => list);
    return [
      ...rows.flatMap((row, index) =>
        files.has(index + 1) ? [] : [`TR-${index + 1} (${row}) is in no test title; name the test that shows it, or write one.`],
      ),
      ...[...files].filter(([row]) => row < 1 || row > rows.length).map(([row, [file = '']]) => `${file}: there is no row TR-${row}.`),
    ];
  },
};
