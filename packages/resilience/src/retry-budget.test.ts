import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

const options = { ratio: 0.2, minimum: 5, window: 10_000 };

describe('RetryBudget', () => {
  it('[C9] [F1] row 57: 200 requests that all fail get 40 repetitions', () => {
    const budget = new RetryBudget(options);
    for (let count = 0; count < 200; count += 1) budget.request(5000);
    let allowed = 0;
    while (budget.tryRetry(5000)) allowed += 1;
    expect(allowed).toBe(40);
    expect(budget.seen(5000)).toEqual({ requests: 200, retries: 40 });
  });

  it('[C9] a single user has some, and the window slides', () => {
    const budget = new RetryBudget(options);
    budget.request(0);
    const take = (now: number) => Array.from({ length: 8 }, () => budget.tryRetry(now)).filter(Boolean).length;
    expect([take(0), take(9999), take(10_000), take(1e9)]).toEqual([5, 0, 5, 5]);
  });

  it('[C9] never allows more than its share within any window', () => {
    const event = fc.record({ after: fc.nat(3000), retry: fc.boolean() });
    const property = fc.property(fc.array(event, { maxLength: 400 }), (events) => {
      const budget = new RetryBudget({ ...options, minimum: 0 });
      const requests: number[] = [];
      const retries: number[] = [];
      let now = 0;
      for (const { after, retry } of events) {
        now += after;
        if (!retry) {
          budget.request(now);
          requests.push(now);
        } else if (budget.tryRetry(now)) retries.push(now);
        const recent = (list: readonly number[], ms: number) => list.filter((at) => at > now - ms).length;
        // Repetitions of the last nine full tenths against the requests of all ten.
        if (retry && retries.at(-1) === now && recent(retries, 9000) > recent(requests, 11_000) * 0.2 + 1e-9) return false;
      }
      return true;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 500 }))).toBeUndefined();
  });
});
