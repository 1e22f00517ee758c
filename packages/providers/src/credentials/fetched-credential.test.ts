import { createRedactor, silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { FetchedCredential } from './fetched-credential.js';
import type { Fetched } from './token-of-text.js';

const hour = 3_600_000;

function bench(answers: readonly Fetched[]) {
  const clock = new FakeClock();
  const redactor = createRedactor();
  let asked = 0;
  const source = new FetchedCredential({
    provider: 'work',
    auth: { refresh: hour, required: false },
    fetch: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? { reason: 'none' }),
    clock,
    logger: silentLogger,
    secrets: redactor,
  });
  return { clock, redactor, source, asked: () => asked };
}
const token = (n: number): Fetched => ({ token: `token-number-${n}` });
const bearer = (n: number) => ({ kind: 'bearer', value: `token-number-${n}` });
const failed: Fetched = { reason: 'its oauth.command ended with exit code 1' };

describe('FetchedCredential', () => {
  it('[C3] fetches once for all who wait', async () => {
    const { source, asked } = bench([token(1), token(2)]);
    expect(source.current()).toBeUndefined();
    const all = await Promise.all(Array.from({ length: 50 }, () => source.obtain()));
    expect(new Set(all)).toEqual(new Set([bearer(1)]));
    expect([asked(), source.current(), source.availability()]).toEqual([1, bearer(1), { available: true }]);
  });

  it('[C3] fetches anew by age: early without making anybody wait, and at the end with everybody', async () => {
    const { source, clock, asked } = bench([token(1), token(2), token(3)]);
    await source.obtain();
    clock.advance(hour * 0.89);
    expect([source.current(), asked()]).toEqual([bearer(1), 1]);
    clock.advance(hour * 0.02);
    expect(source.current()).toEqual(bearer(1));
    expect(source.current()).toEqual(bearer(1));
    await source.obtain();
    expect([source.current(), asked()]).toEqual([bearer(2), 2]);
    clock.advance(hour * 2);
    expect(source.current()).toBeUndefined();
    expect([await source.obtain(), asked()]).toEqual([bearer(3), 3]);
  });

  it('[C3] keeps an old token when its source fails, and asks the source again half a minute later', async () => {
    const { source, clock, asked } = bench([token(1), failed, token(2)]);
    await source.obtain();
    clock.advance(hour * 2);
    expect([await source.obtain(), source.current(), asked()]).toEqual([bearer(1), bearer(1), 2]);
    expect(source.availability()).toEqual({ available: true });
    clock.advance(29_000);
    expect([source.current(), await source.obtain(), asked()]).toEqual([bearer(1), bearer(1), 2]);
    clock.advance(1001);
    expect([await source.obtain(), asked()]).toEqual([bearer(2), 3]);
  });

  it('[C3][C4] a source that fails makes the provider unavailable, and is left alone for half a minute', async () => {
    const { source, clock, asked } = bench([failed, failed, token(1)]);
    for (let n = 0; n < 100; n += 1) {
      await expect(source.obtain()).rejects.toMatchObject({
        code: 'CCP_PROVIDER_UNAVAILABLE',
        message: expect.stringContaining('exit code 1'),
      });
    }
    expect([asked(), source.availability()]).toEqual([1, { available: false, reason: 'its oauth.command ended with exit code 1' }]);
    clock.advance(30_000);
    await expect(source.obtain()).rejects.toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE' });
    clock.advance(30_000);
    expect([await source.obtain(), asked(), source.availability()]).toEqual([bearer(1), 3, { available: true }]);
  });

  it('[C3][C4] a refused token is fetched anew once; when that does not help, not again for half a minute', async () => {
    const { source, clock, asked } = bench([token(1), token(1), token(2)]);
    const used = await source.obtain();
    source.invalidate(used);
    expect(source.current()).toBeUndefined();
    expect([await source.obtain(), asked()]).toEqual([used, 2]);
    for (let n = 0; n < 100; n += 1) source.invalidate(used);
    expect([source.current(), asked()]).toEqual([used, 2]);
    clock.advance(30_000);
    source.invalidate(used);
    expect([await source.obtain(), asked()]).toEqual([bearer(2), 3]);
    // Answers to requests that were sent with the old one come late and say nothing of the new one.
    clock.advance(60_000);
    source.invalidate(used);
    expect(source.current()).toEqual(bearer(2));
  });

  it('[C3] a refused token is not used again when its source fails', async () => {
    const { source } = bench([token(1), failed]);
    source.invalidate(await source.obtain());
    await expect(source.obtain()).rejects.toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE' });
    expect(source.current()).toBeUndefined();
    expect(source.availability()).toMatchObject({ available: false });
  });

  it('[C3][F1] the redactor knows each token as long as an answer may repeat it, and no longer', async () => {
    const { source, clock, redactor } = bench([token(1), token(2), token(3)]);
    const known = (): boolean[] => [1, 2, 3].map((n) => redactor.redact(`x token-number-${n}`) === 'x ****');
    const seen = [known()];
    for (let n = 0; n < 3; n += 1) {
      await source.obtain();
      seen.push(known());
      clock.advance(hour * 2);
    }
    source.close();
    expect([...seen, known()]).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
      [false, true, true],
      [false, false, false],
    ]);
    expect(source.secrets()).toEqual([]);
    await expect(source.obtain()).rejects.toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE' });
  });
});
