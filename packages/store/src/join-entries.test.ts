import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinEntries } from './join-entries.js';

const scalar = fc.oneof(fc.string(), fc.integer());
const id = fc.oneof(fc.constantFrom('a', 'b', 'a"', 'a",', 'a\\', 'é', ''), fc.string({ unit: 'binary' }));
const parsed = (texts: readonly string[]): unknown[][] => texts.map((text) => JSON.parse(text) as unknown[]);

it('an attempt that was opened and closed is one entry with the columns of both; nothing is lost, changed or moved', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, scalar, scalar), { maxLength: 20 }),
      fc.array(fc.tuple(id, scalar), { maxLength: 20 }),
      (opens, closes) => {
        const joined = joinEntries(
          { opens: opens.map((each) => JSON.stringify(each)), closes: closes.map((each) => JSON.stringify(each)) },
          1,
        );
        const attempts = parsed(joined.attempts);
        for (const attempt of attempts) expect(attempt).toHaveLength(4);
        expect(attempts.map((attempt) => attempt.slice(0, 3))).toEqual(opens);
        const ended = attempts.filter((attempt) => attempt[3] !== null).map(([first, , , last]) => [first, last]);
        const sorted = (list: readonly unknown[]): string[] => list.map((each) => JSON.stringify(each)).toSorted();
        expect(sorted([...ended, ...parsed(joined.closes)])).toEqual(sorted(closes));
      },
    ),
  );
});

it('joins what belongs together and leaves the rest', () => {
  expect(joinEntries({ opens: ['["x-1",1]', '["y-1",2]'], closes: ['["z-1","ok",0]', '["y-1","ok",3]'] }, 2)).toEqual({
    attempts: ['["x-1",1,null,null]', '["y-1",2,"ok",3]'],
    closes: ['["z-1","ok",0]'],
  });
});
