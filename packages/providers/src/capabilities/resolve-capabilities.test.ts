import type { CapabilityRule } from '@ccproxy/config';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsModel } from './model-glob.js';
import { resolveCapabilities } from './resolve-capabilities.js';

describe('fitsModel', () => {
  it.each([
    ['*', 'anything', true],
    ['gpt-5*', 'GPT-5-mini', true],
    ['gpt-5', 'gpt-5-mini', false],
    ['*qwen3-coder*', 'qwen/qwen3-coder:free', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['openrouter/x/*', 'openrouter/x/y', true],
    ['*', 'x'.repeat(600), false],
  ])('%s fits %s: %s', (pattern, model, fits) => {
    expect(fitsModel(pattern, model)).toBe(fits);
  });

  it('says the same as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, model) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's').test(model);
        expect(fitsModel(pattern, model)).toBe(expected);
      }),
    );
  });
});

describe('resolveCapabilities', () => {
  it('[C12] believes the target, then the first rule that says something, then the table', () => {
    const rules: CapabilityRule[] = [
      { pattern: 'p/gpt-5*', can: { images: false } },
      { pattern: 'gpt-*', can: { images: true, output: 4000 } },
    ];
    expect(resolveCapabilities('p', 'gpt-5', rules)).toEqual({
      capabilities: { context: 400_000, output: 4000, images: false },
      windowIsCertain: false,
    });
    expect(resolveCapabilities('q', 'gpt-5', rules).capabilities.images).toBe(true);
    const limits = { context: 1000, output: undefined };
    expect(resolveCapabilities('p', 'gpt-5', rules, limits)).toMatchObject({
      capabilities: { context: 1000, output: 4000 },
      windowIsCertain: true,
    });
    expect(resolveCapabilities('p', 'gpt-5', [{ pattern: '*', can: { context: 5000 } }])).toMatchObject({
      capabilities: { context: 5000 },
      windowIsCertain: true,
    });
  });

  it('knows common models under the names aggregators give them, and says nothing of others', () => {
    const of = (model: string) => resolveCapabilities('p', model, []).capabilities;
    expect(of('openai/gpt-4o-mini')).toMatchObject({ context: 128_000, output: 16_384 });
    expect(of('z-ai/glm-4.5v')).toMatchObject({ images: true });
    expect(of('z-ai/glm-4.6')).toMatchObject({ images: false });
    expect(of('models/gemini-2.5-pro')).toMatchObject({ context: 1_048_576, output: 65_536 });
    expect(of('my-own-model')).toEqual({});
  });
});
