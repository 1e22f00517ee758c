import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallerLimits } from './caller-limits.js';
import { Limiter } from './limiter.js';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('[C9] refills evenly, takes a request above a whole minute when full, and is overdrawn by one minute at most', () => {
    const bucket = new TokenBucket(600);
    expect(bucket.wait(600, 0)).toBe(0);
    bucket.take(600, 0);
    expect(bucket.wait(1, 0)).toBeCloseTo(100);
    expect(bucket.wait(5000, 0)).toBeCloseTo(60_000);
    bucket.take(1e308, 0);
    expect(bucket.wait(600, 0)).toBeCloseTo(120_000);
    bucket.take(Number.NaN, 0);
    bucket.take(Number.POSITIVE_INFINITY, 0);
    bucket.take(-1e9, 0);
    expect(bucket.wait(600, 0)).toBe(0);
  });

  it('[C9] gives no more than a full bucket and what refilled since', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.record({ after: fc.nat(20_000), cost: fc.integer({ min: 1, max: 50 }) }), { maxLength: 200 }),
      (perMinute, events) => {
        const bucket = new TokenBucket(perMinute);
        let now = 0;
        let spent = 0;
        for (const { after, cost } of events) {
          now += after;
          if (cost > perMinute || bucket.wait(cost, now) > 0) continue;
          bucket.take(cost, now);
          spent += cost;
          if (spent > perMinute + (now * perMinute) / 60_000 + 1e-6) return false;
        }
        return true;
      },
    );
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 500 }))).toBeUndefined();
  });
});

describe('Limiter', () => {
  it('[C9] [A8] names the bound that was reached, and corrects tokens by what a request really took', () => {
    const limiter = new Limiter({ requestsPerMinute: 2, tokensPerMinute: 100, concurrency: 1 });
    limiter.begin(10, 0);
    expect([limiter.reached(10, 0), limiter.wait(10, 0), limiter.running]).toEqual(['concurrency', 1000, 1]);
    limiter.end(90, 0);
    expect(limiter.reached(10, 0)).toBe('tokensPerMinute');
    expect(limiter.wait(10, 0)).toBeCloseTo(6000);
    limiter.begin(0, 0);
    limiter.end(0, 0);
    expect(limiter.reached(0, 0)).toBe('requestsPerMinute');
    expect(new Limiter({}).wait(1e9, 0)).toBe(0);
  });
});

describe('CallerLimits', () => {
  it('[A8] [C9] refuses with 429 and whole seconds, each caller for itself', () => {
    let now = 0;
    const limits = new CallerLimits({ requestsPerMinute: 3 }, () => now);
    for (let count = 0; count < 3; count += 1) limits.admit('ann', 5)(undefined);
    expect(() => limits.admit('ann', 5)).toThrow(
      expect.objectContaining({ code: 'CCP_LIMIT_CALLER', httpStatus: 429, details: { retryAfter: 20, limit: 'requestsPerMinute' } }),
    );
    limits.admit('bob', 5)(7);
    now = 20_000;
    limits.admit('ann', 5)(5);
  });
});
