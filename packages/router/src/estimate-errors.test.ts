import type { Condition } from '@ccproxy/config';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { estimateErrors } from './estimate-errors.js';
import { type PastEstimate, pastEstimate } from './past-estimate.js';
import { plan } from './plan-route.js';
import { testConfig } from './testing/test-config.js';
import { testFacts } from './testing/test-facts.js';

const past = (estimate: number, counted: number, rest: Partial<PastEstimate> = {}): PastEstimate => ({
  model: 'claude-x',
  by: 'bytes',
  estimate,
  counted,
  ...rest,
});

describe('estimateErrors', () => {
  it('[C8] says by model and kind how wrong estimates were, and which lay on the wrong side', () => {
    const bytes = [90, 95, 100, 105, 110, 120, 130, 80, 100, 300].map((estimate) => past(estimate, 100));
    const turns = [past(1010, 1000, { by: 'turn' }), past(990, 1000, { by: 'turn' })];
    const other = past(70, 100, { model: 'other', by: 'tokenizer' });
    const errors = estimateErrors([other, ...bytes, ...turns], [99, 125, 1000]);
    expect(errors.map(({ model, by, requests, wrongSide }) => [model, by, requests, wrongSide])).toEqual([
      ['claude-x', 'turn', 2, 1],
      ['claude-x', 'bytes', 10, 5],
      ['other', 'tokenizer', 1, 1],
    ]);
    const [turn, byte] = errors;
    expect([turn?.median, turn?.worst]).toEqual([0, 0.01]);
    expect(byte?.median).toBeCloseTo(0.025);
    expect([byte?.ninetieth, byte?.worst]).toEqual([0.3, 2]);
    expect(estimateErrors([], [5])).toEqual([]);
  });

  const tokens = fc.integer({ min: 1, max: 400 });
  const pasts = fc.array(
    fc.record({
      model: fc.constantFrom('a', 'b', '__proto__'),
      by: fc.constantFrom<PastEstimate['by']>('turn', 'bytes', 'tokenizer', 'unknown'),
      estimate: tokens,
      counted: tokens,
    }),
    { maxLength: 60 },
  );

  it('[C8] counts each request once, whatever their order, and orders its figures', () => {
    const property = fc.property(pasts, fc.array(tokens, { maxLength: 3 }), (all, thresholds) => {
      const errors = estimateErrors(all, thresholds);
      expect(errors.reduce((sum, { requests }) => sum + requests, 0)).toBe(all.length);
      for (const { model, by, median, ninetieth, worst, requests, wrongSide } of errors) {
        const same = all.filter((each) => each.model === model && each.by === by);
        const wrong = (limit: number): number =>
          same.filter(({ estimate, counted }) => Math.abs(estimate - counted) / counted <= limit + 1e-12).length;
        expect([same.length, ninetieth <= worst, Math.abs(median) <= worst + 1e-12, wrong(worst)]).toEqual([
          requests,
          true,
          true,
          requests,
        ]);
        expect(wrong(ninetieth)).toBeGreaterThanOrEqual(requests * 0.9);
        expect(wrongSide).toBeLessThanOrEqual(requests);
      }
      const byName = (each: (typeof errors)[number]): string => `${each.model} ${each.by}`;
      const again = estimateErrors(all.toReversed(), thresholds);
      expect(new Map(again.map((each) => [byName(each), each]))).toEqual(new Map(errors.map((each) => [byName(each), each])));
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 300 }))).toBeUndefined();
  });

  it('[C8] calls a side wrong exactly where a rule on tokens says something else of the count than of the estimate', () => {
    const property = fc.property(tokens, fc.boolean(), tokens, tokens, (limit, over, estimate, counted) => {
      const when: Condition = { tokens: over ? { over: limit } : { under: limit } };
      const table = compileRoutes(testConfig({ routes: [{ name: 'rule', when, to: 'local', fallback: [] }] }));
      const routeOf = (count: number): unknown => {
        const decision = plan(testFacts({ tokens: { estimate: count, exact: true } }), table);
        return decision.kind === 'plan' ? decision.route : decision.kind;
      };
      const [found] = estimateErrors([past(estimate, counted)], table.main.thresholds);
      expect(found?.wrongSide).toBe(routeOf(estimate) === routeOf(counted) ? 0 : 1);
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 500 }))).toBeUndefined();
  });
});

describe('pastEstimate', () => {
  const record = (tokens: object, rest: object = {}): Record<string, unknown> => ({
    requestId: 'req',
    outcome: 'ok',
    facts: { model: 'asked', tokens: { estimate: 50, exact: false, ...tokens }, serverTools: [] },
    usage: { inputTokens: 10, cacheReadTokens: 30, cacheCreationTokens: 5, outputTokens: 99 },
    ...rest,
  });

  it.each([
    [{ by: 'turn', margin: 0.01 }, 'turn'],
    [{ by: 'bytes' }, 'bytes'],
    [{ by: 'bytes', margin: 0 }, 'bytes'],
    [{ by: 'tokenizer', exact: true }, 'tokenizer'],
    // Records of versions that did not note it.
    [{ exact: true }, 'tokenizer'],
    [{ margin: 0.02 }, 'turn'],
    [{}, 'bytes'],
    [{ margin: 0 }, 'unknown'],
    [{ by: 'something new' }, 'bytes'],
  ])('[C8] tells from %j that it was made by %s', (tokens, by) => {
    expect(pastEstimate(record(tokens))).toEqual({ model: 'asked', by, estimate: 50, counted: 45 });
  });

  it('[C8] names the model that answered, and leaves out what cannot be compared', () => {
    expect(pastEstimate(record({}, { model: 'answered' }))).toMatchObject({ model: 'answered' });
    const cases: [Record<string, unknown>, string][] = [
      [{}, 'uncounted'],
      [record({}, { usage: undefined }), 'uncounted'],
      [record({}, { usage: { outputTokens: 5, cacheReadTokens: 7 } }), 'uncounted'],
      [record({}, { usage: { inputTokens: Number.NaN } }), 'uncounted'],
      [record({}, { usage: { inputTokens: 0 } }), 'uncounted'],
      [record({}, { outcome: 'aborted' }), 'uncounted'],
      [record({ estimate: 'many' }), 'uncounted'],
      [record({}, { facts: [] }), 'uncounted'],
      [record({}, { facts: { tokens: { estimate: 9 }, serverTools: ['web_search_20250305'] } }), 'serverTools'],
    ];
    for (const [row, because] of cases) expect({ row, found: pastEstimate(row) }).toEqual({ row, found: because });
    const ownTools = { model: 'asked', tokens: { estimate: 9 }, serverTools: ['bash_20250124', 7] };
    expect(pastEstimate(record({}, { facts: ownTools }))).toMatchObject({ estimate: 9 });
  });
});
