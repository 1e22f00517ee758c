import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config, ProviderConfig, Target } from './config.js';
import type { ProviderKeys } from './provider-keys.js';
import type { RateLimits } from './rate-limits.js';
import type { RetryConfig } from './retry-config.js';
import { formatConfig, redactedYaml } from './format-config.js';
import { analyze } from './testing/analyze.js';

const key = fc.stringMatching(/^[!-~]{6,30}$/u);
const count = fc.integer({ min: 1, max: 1000 });
const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const limits: fc.Arbitrary<RateLimits> = fc.record(
  { requestsPerMinute: count, tokensPerMinute: count, concurrency: count },
  { requiredKeys: [] },
);
const orNone = <Key extends string, T>(name: Key, value: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [key in Key]?: T }> =>
  fc.oneof(
    fc.constant({}),
    value.map((made) => ({ [name]: made }) as { readonly [key in Key]?: T }),
  );

const keys: fc.Arbitrary<ProviderKeys> = fc.record({
  strategy: fc.constantFrom('round-robin' as const, 'weighted' as const, 'fill-first' as const),
  list: fc.array(
    fc.tuple(fc.record({ value: key, weight: count }), orNone('limits', limits)).map(([one, bounds]) => ({ ...one, ...bounds })),
    { minLength: 1, maxLength: 3 },
  ),
});

const retry: fc.Arbitrary<RetryConfig> = fc.record(
  {
    attempts: fc.nat(2),
    baseDelay: ms(10_000),
    maxDelay: ms(60_000),
    budget: fc.nat(100),
    coolDown: ms(3_600_000),
    breaker: fc.record({ failures: count, open: ms(60_000) }),
    join: fc.boolean(),
  },
  { requiredKeys: ['baseDelay', 'maxDelay', 'budget', 'coolDown', 'breaker', 'join'] },
);

const provider = (config: ProviderConfig): fc.Arbitrary<ProviderConfig> => {
  if (config.type === 'demo') return fc.constant(config);
  return fc.tuple(orNone('keys', keys), orNone('limits', limits)).map(([several, bounds]): ProviderConfig => {
    const auth = several.keys === undefined ? config.auth : { kind: 'apiKey' as const, value: several.keys.list[0]?.value ?? '' };
    return { ...config, auth, ...several, ...bounds };
  });
};

const target = (config: Target, others: readonly string[]): fc.Arbitrary<Target> => {
  const some = fc.subarray(others.filter((name) => name !== config.name));
  return orNone('fallbackOn', fc.record({ contextWindow: some, contentPolicy: some })).map((on) => ({ ...config, ...on }));
};

const each = <T>(record: Readonly<Record<string, T>>, change: (value: T) => fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc
    .tuple(...Object.entries(record).map(([name, value]) => change(value).map((changed) => [name, changed] as const)))
    .map((entries) => Object.fromEntries(entries));

const text = `providers: { one: { type: anthropic }, two: { type: openai }, demo: { type: demo } }
models: { default: { provider: one }, a: { provider: two }, b: { provider: demo, fallback: a } }
`;

/** A configuration with anything the schema can say about repetition, keys, limits and special fallbacks. */
const withResilience = (config: Config): fc.Arbitrary<Config> =>
  fc
    .record({
      retry,
      server: orNone('limits', limits),
      providers: each(config.providers, provider),
      models: each(config.models, (value) => target(value, Object.keys(config.models))),
    })
    .map(({ server, ...rest }) => ({ ...config, ...rest, server: { ...config.server, ...server } }));

describe('formatConfig', () => {
  it('[C7] [C9] writes repetition, keys, limits and special fallbacks so that reading them gives the same', async () => {
    const { config: base } = await analyze(text);
    if (base === undefined) throw new Error('no configuration');
    await fc.assert(
      fc.asyncProperty(withResilience(base), async (written) => {
        const analysis = await analyze(formatConfig(written));
        expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(analysis.config).toEqual(written);
        const masked = redactedYaml({ config: written, secrets: [] });
        const values = Object.values(written.providers).flatMap(({ keys: several }) => several?.list ?? []);
        expect(values.filter(({ value }) => value.length > 12 && masked.includes(value))).toEqual([]);
      }),
      { numRuns: 200 * Number(process.env['CCPROXY_TEST_SCALE'] ?? '1') },
    );
  });
});
