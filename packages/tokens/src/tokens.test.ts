import type { MessagesView } from '@ccproxy/wire';
import { scanMessagesRequest } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalibration } from './calibration.js';
import { countTokensAnswer } from './count-tokens-answer.js';
import { estimateTokens } from './estimate-tokens.js';

function view(content: unknown): MessagesView {
  const result = scanMessagesRequest(Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })));
  if (!result.ok) throw new Error(result.message);
  return result.view;
}
const base64 = (bytes: number, type: string) => ({ type, source: { type: 'base64', data: 'A'.repeat(bytes) } });

describe('estimateTokens', () => {
  it('[C8] counts text by its bytes', () => {
    expect(estimateTokens(view('x'.repeat(380_000)))).toBeGreaterThan(100_000);
    expect(estimateTokens(view('x'.repeat(380_000)))).toBeLessThan(100_050);
    expect(estimateTokens(view(''))).toBeGreaterThanOrEqual(1);
    expect(estimateTokens(view(''), 0)).toBe(1);
  });

  it('[C8] lies between the two tokenizers measured on a body of 1.0 MB', () => {
    // performance.md §3: 262,449 with Anthropic's published tokenizer, 234,839 with o200k.
    const estimate = estimateTokens(view(''), 1_000_000);
    expect(Math.abs(estimate / 262_449 - 1)).toBeLessThan(0.05);
    expect(Math.abs(estimate / 234_839 - 1)).toBeLessThan(0.15);
  });

  it('[C8] counts pictures and documents as such, never as text', () => {
    expect(estimateTokens(view([base64(1_500_000, 'image')]))).toBeLessThan(2000);
    expect(estimateTokens(view([base64(1_500_000, 'image'), base64(1000, 'image')]))).toBeGreaterThan(3000);
    expect(estimateTokens(view([{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }]))).toBeGreaterThan(1500);
    expect(estimateTokens(view([base64(1_500_000, 'document')]))).toBeLessThan(50_000);
    expect(estimateTokens(view([{ type: 'tool_result', content: [base64(1_500_000, 'image')] }]))).toBeLessThan(2000);
  });
});

describe('createCalibration', () => {
  it('[C8] learns the ratio of a model from the input it reports, cached or not', () => {
    const calibration = createCalibration({ capacity: 10 });
    expect(calibration.calibrated('m', 1000)).toBe(1000);
    expect(calibration.observe('m', 1000, { inputTokens: 100, cacheReadTokens: 1000, cacheCreationTokens: 200 })).toBe(true);
    expect(calibration.calibrated('m', 2000)).toBe(2600);
    for (let count = 0; count < 100; count += 1) calibration.observe('m', 1000, { inputTokens: 900 });
    expect(Math.abs(calibration.calibrated('m', 1000) - 900)).toBeLessThan(5);
    expect(calibration.calibrated('other', 1000)).toBe(1000);
  });

  it('[C8] smooths a single odd answer', () => {
    const calibration = createCalibration({ capacity: 10 });
    for (let count = 0; count < 20; count += 1) calibration.observe('m', 1000, { inputTokens: 1100 });
    calibration.observe('m', 1000, { inputTokens: 5000 });
    expect(calibration.calibrated('m', 1000)).toBeLessThan(1600);
  });

  it.each([
    ['nothing reported', 1000, {}],
    ['negative input', 1000, { inputTokens: -5 }],
    ['a negative part', 1000, { inputTokens: 900, cacheReadTokens: -1 }],
    ['1e308', 1000, { inputTokens: 1e308, cacheReadTokens: 1e308 }],
    ['NaN', 1000, { inputTokens: Number.NaN }],
    ['Infinity', 1000, { inputTokens: Number.POSITIVE_INFINITY }],
    ['far too little', 1000, { inputTokens: 1 }],
    ['far too much', 1000, { inputTokens: 1_000_000 }],
    ['a tiny request', 5, { inputTokens: 10 }],
    ['an estimate of NaN', Number.NaN, { inputTokens: 10 }],
    ['an estimate of 0', 0, { inputTokens: 10 }],
  ])('[F1] learns nothing from %s', (_name, estimate, usage) => {
    const calibration = createCalibration({ capacity: 10 });
    expect(calibration.observe('m', estimate, usage)).toBe(false);
    expect(calibration.size).toBe(0);
    expect(calibration.calibrated('m', 1000)).toBe(1000);
  });

  it('[F1] stays within a factor of ten and within its capacity, whatever it is told', () => {
    const number = fc.oneof(fc.double(), fc.nat(100_000), fc.constantFrom(-1, 1e308, Number.NaN));
    const observation = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'x'.repeat(300)), number, number, number);
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 40 }), (observations) => {
        const calibration = createCalibration({ capacity: 3 });
        for (const [model, estimate, inputTokens, cacheReadTokens] of observations)
          calibration.observe(model, estimate, { inputTokens, cacheReadTokens });
        expect(calibration.size).toBeLessThanOrEqual(3);
        const results = ['a', '__proto__'].map((model) => calibration.calibrated(model, 10_000));
        expect(results.every((result) => result >= 1000 && result <= 100_000)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('[F1] forgets the model not used for longest', () => {
    const calibration = createCalibration({ capacity: 2 });
    for (const model of ['a', 'b']) calibration.observe(model, 1000, { inputTokens: 2000 });
    calibration.calibrated('a', 1);
    calibration.observe('c', 1000, { inputTokens: 2000 });
    expect(['a', 'b', 'c'].map((model) => calibration.calibrated(model, 1000))).toEqual([2000, 1000, 2000]);
    expect(() => createCalibration({ capacity: 0 })).toThrow(RangeError);
  });
});

describe('countTokensAnswer', () => {
  it('[C11] has the shape of the API, sharpened for the model it would go to', () => {
    const request = view('x'.repeat(3800));
    const calibration = createCalibration({ capacity: 2 });
    calibration.observe('local', 1000, { inputTokens: 1500 });
    const plain = countTokensAnswer(request);
    expect(plain).toEqual({ input_tokens: estimateTokens(request) });
    expect(countTokensAnswer(request, calibration)).toEqual(plain);
    expect(countTokensAnswer(request, calibration, 'local').input_tokens).toBe(Math.round(plain.input_tokens * 1.5));
  });
});
