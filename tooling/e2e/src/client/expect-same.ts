import { expect, type TestContext } from 'vitest';
import type { Comparison } from './client-world.ts';
import { differences } from './differences.ts';
import { summarise } from './summarise.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** A row of the table the run ends with. */
    behaviour?: { readonly direct: string; readonly through: string; readonly byDesign: string | undefined };
  }
}

/** A place in which the gateway differs on purpose. */
export interface Intended {
  /** Beginnings of lines of `differences`, as `client 1, stdout`. Each must be found: an exception nobody needs is an error. */
  readonly in: readonly string[];
  readonly why: string;
}

/** Makes the test a row of the table, without a judgement; `why` says in what the sides differ. */
export function showRow(context: TestContext, { direct, through }: Pick<Comparison, 'direct' | 'through'>, why?: string): void {
  context.task.meta.behaviour = { direct: summarise(direct), through: summarise(through), byDesign: why };
}

/** The upstream received and the client printed the same on both sides; the test becomes a row of the table. */
export function expectSame(context: TestContext, { direct, through }: Comparison, intended?: Intended): void {
  showRow(context, { direct, through }, intended?.why);
  const found = differences(direct, through);
  const places = intended?.in ?? [];
  const isIntended = (line: string): boolean => places.some((place) => line.startsWith(place));
  expect(found.filter((line) => !isIntended(line))).toEqual([]);
  expect(
    places.filter((place) => !found.some((line) => line.startsWith(place))),
    'differences that are expected and not there',
  ).toEqual([]);
}
