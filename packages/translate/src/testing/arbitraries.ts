import * as fc from 'fast-check';
import { cutAt, sseStyles, trickyTexts } from './answer-bed.js';

/** Repetitions of the long run. */
export const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
/** Answers, each cut its own way, that every wire API is tried with. */
export const answersTried = 10_000 * scale;
/** Time for that many on a machine that is slow and busy, ms. */
export const timeout = 600_000 * scale;

export const someText = fc.oneof(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }), fc.constantFrom(...trickyTexts));

/** The input of a call: any JSON object, small. */
export const someInput = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('command', '__proto__x')),
  fc.oneof(
    someText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), someText, { maxKeys: 2 }),
  ),
  { maxKeys: 2 },
);

export const sseStyle = fc.constantFrom(...sseStyles);

/** Where bytes are cut, whatever their number: at some places, or at each of them. */
export type Cut = readonly number[] | 'everywhere';
export const anyCut: fc.Arbitrary<Cut> = fc.oneof(
  { weight: 30, arbitrary: fc.array(fc.nat(0xff_ff), { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant('everywhere' as const) },
);
/** Pieces of long answers are a little longer than a byte, for the time they take. */
const mostPieces = 1500;

export function cutBy(bytes: Buffer, cut: Cut): Buffer[] {
  if (cut !== 'everywhere')
    return cutAt(
      bytes,
      cut.map((place) => place % (bytes.length + 1)),
    );
  const step = Math.ceil(bytes.length / mostPieces);
  return cutAt(
    bytes,
    Array.from({ length: mostPieces }, (_, index) => Math.min(bytes.length, index * step)),
  );
}

/** Values as text: ten thousand comparisons of these cost little, and a difference is as easy to see. */
export const textOf = (value: unknown): string => JSON.stringify(value);
