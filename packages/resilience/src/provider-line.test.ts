import { describe, expect, it } from 'vitest';
import type { RetryConfig } from '@ccproxy/config';
import { classifyAnswer } from './classify.js';
import type { Verdict } from './error-class.js';
import { type Lease, ProviderLine, type ProviderLineOptions } from './provider-line.js';
import { retryConfig } from './testing/retry-config.js';

const server: Verdict = { class: 'server', repeatable: true, retryAfter: undefined };
const overloaded: Verdict = { class: 'overloaded', repeatable: true, retryAfter: undefined };
const rate = (retryAfter?: number): Verdict => ({ class: 'rate', repeatable: true, retryAfter });

const make = (rest: Partial<Omit<ProviderLineOptions, 'retry'>> & { readonly retry?: Partial<RetryConfig> } = {}) => {
  const time = { now: 0 };
  const told: string[] = [];
  const line = new ProviderLine({
    ownKey: true,
    transparent: false,
    strategy: 'fill-first',
    keys: [{ weight: 1, limits: undefined }],
    now: () => time.now,
    onCircuit: (state) => told.push(state),
    onRest: (key, why) => told.push(`${key} ${why}`),
    ...rest,
    retry: retryConfig(rest.retry),
  });
  const lease = (model = 'm', tokens = 0): Lease => {
    const admitted = line.admit(model, undefined, tokens, 'first');
    if (admitted.kind === 'refusal') throw new Error(`refused: ${admitted.because}`);
    return admitted;
  };
  const fail = (verdict: Verdict, model = 'm'): void => {
    const one = lease(model);
    one.failed(verdict);
    one.release(undefined);
  };
  return { time, told, line, lease, fail };
};

describe('ProviderLine', () => {
  it('[C9] leaves a failing provider alone, and asks it again with one probe', () => {
    const { line, fail, lease, time, told } = make();
    for (let count = 0; count < 5; count += 1) fail(server);
    expect(line.admit('m', undefined, 0, 'first')).toEqual({ kind: 'refusal', because: 'circuit', wait: 10_000 });
    expect(line.report()).toEqual({ circuit: 'open', retryIn: 10 });
    expect([line.isLeftAlone('m'), line.couldTake('m', 0)]).toEqual([true, false]);
    time.now = 10_000;
    expect([line.isLeftAlone('m'), line.couldTake('m', 0)]).toEqual([false, true]);
    const probe = lease();
    expect(line.admit('m', undefined, 0, 'first')).toMatchObject({ kind: 'refusal', because: 'circuit' });
    probe.succeeded();
    probe.release(undefined);
    probe.release(undefined);
    expect(line.report()).toEqual({ circuit: 'closed', retryIn: null });
    expect(told).toEqual(['open', 'half-open', 'closed']);
  });

  it('[C9] a wrong request never counts, and shows that the provider answers again', () => {
    const { line, fail, time } = make();
    const wrong = classifyAnswer({ status: 400, type: 'invalid_request_error', message: 'x' });
    for (let count = 0; count < 50; count += 1) fail(wrong);
    expect(line.report().circuit).toBe('closed');
    for (let count = 0; count < 5; count += 1) fail(server);
    time.now = 10_000;
    fail(wrong);
    expect(line.report().circuit).toBe('closed');
  });

  it('[C9] an overloaded model is left alone while the provider’s other models are asked', () => {
    const { line, fail, lease, time } = make();
    for (let count = 0; count < 5; count += 1) fail(overloaded, 'big');
    expect(line.admit('big', undefined, 0, 'first')).toEqual({ kind: 'refusal', because: 'circuit', wait: 10_000 });
    expect(line.report()).toEqual({ circuit: 'closed', retryIn: null, overloaded: ['big'] });
    lease('small').release(undefined);
    time.now = 10_000;
    const probe = lease('big');
    expect(line.admit('big', undefined, 0, 'first').kind).toBe('refusal');
    probe.succeeded();
    probe.release(undefined);
    expect(line.report()).toEqual({ circuit: 'closed', retryIn: null });
    lease('big').release(undefined);
  });

  it('[C9] a key whose provider asks to wait rests that long, at most the cool-down', () => {
    const { line, fail, time, told } = make();
    fail(rate(7000));
    expect(line.admit('m', undefined, 0, 'first')).toEqual({ kind: 'refusal', because: 'keys', wait: 7000 });
    time.now = 7000;
    fail(rate(3_600_000));
    expect(line.admit('m', undefined, 0, 'first')).toMatchObject({ wait: 60_000 });
    expect(told).toEqual(['0 rate', '0 rate']);
    const lone = make();
    lone.fail(rate());
    lone.lease();
  });

  it('[C9] the next key takes over from one that is spent, refused or told to wait; the client’s own credential never rests', () => {
    const two = [
      { weight: 1, limits: undefined },
      { weight: 1, limits: undefined },
    ];
    for (const status of [401, 402, 429]) {
      const { line, fail, lease } = make({ keys: two });
      fail(classifyAnswer({ status, type: '', message: '' }));
      expect(lease().key).toBe(1);
      expect(line.hasFreeKey(0)).toBe(true);
      expect(line.report().keys?.[0]?.restsFor).toBeGreaterThan(0);
      fail(classifyAnswer({ status, type: '', message: '' }));
      expect(line.hasFreeKey(0)).toBe(false);
    }
    const { lease, fail, line } = make({ ownKey: false });
    fail(rate(60_000));
    fail(classifyAnswer({ status: 401, type: '', message: '' }));
    lease().succeeded();
    expect(line.anyKey(undefined)).toBe(0);
  });

  it('[C9] limits of a key: requests, tokens as they turn out, simultaneous requests', () => {
    const { line, lease, time } = make({ keys: [{ weight: 1, limits: { tokensPerMinute: 6000, concurrency: 2 } }] });
    const [one, two] = [lease('m', 1000), lease('m', 1000)];
    expect(line.admit('m', undefined, 10, 'first')).toEqual({ kind: 'refusal', because: 'keys', wait: 1000 });
    one.release(5000);
    two.release(undefined);
    expect(line.admit('m', undefined, 100, 'first')).toEqual({ kind: 'refusal', because: 'keys', wait: 1000 });
    time.now = 1000;
    lease('m', 100).release(100);
  });

  it('[C9] repeats twice, nothing where the client sees its own provider, or as often as the configuration says', () => {
    expect(make().line.attempts).toBe(2);
    expect(make({ transparent: true }).line.attempts).toBe(0);
    expect(make({ transparent: true, retry: { attempts: 1 } }).line.attempts).toBe(1);
  });

  it('[C9] may be forced past an open circuit, which that decides nothing about', () => {
    const { line, fail } = make();
    for (let count = 0; count < 5; count += 1) fail(server);
    const forced = line.admit('m', undefined, 0, 'forced');
    if (forced.kind === 'refusal') throw new Error('refused');
    forced.failed(server);
    forced.release(undefined);
    expect(line.report()).toEqual({ circuit: 'open', retryIn: 10 });
  });

  it('[C9] has no budget where the configuration gives none', () => {
    const none = make({ retry: { budget: 0 } });
    none.lease();
    expect(none.line.tryRetry()).toBe(false);
    const { line, lease } = make();
    for (let count = 0; count < 100; count += 1) lease();
    for (let count = 0; count < 100; count += 1) line.admit('m', undefined, 0, 'again');
    expect(Array.from({ length: 100 }, () => line.tryRetry()).filter(Boolean)).toHaveLength(20);
  });
});
