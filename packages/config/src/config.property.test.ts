import { isCredentialHeader } from '@ccproxy/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, Config, PresetUse, Rule, RuleMoves, SelectorRule, TargetRule, TimeWindow } from './config.js';
import { formatConfig } from './format-config.js';
import { interpolate, parseExpressions } from './interpolate.js';
import { defaultRetry } from './retry-config.js';
import { requestClasses } from './sections/condition.js';
import { type PresetName, presetOf } from './sections/presets.js';
import { logLevels } from './sections/logging.js';
import type { Analysis } from './analyze-config.js';
import { analyze } from './testing/analyze.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? '1');

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/u).filter((text) => !['constructor', 'prototype'].includes(text));
const line = fc
  .stringMatching(/^[!-~ ]{1,30}$/u)
  .map((text) => text.trim())
  .filter((text) => text !== '');
const key = fc.stringMatching(/^[!-~]{6,30}$/u);
const ms = (max: number) => fc.integer({ min: 1, max });
const orNot = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Names that may hold a credential are refused. */
const headerNames = fc.stringMatching(/^x-[a-z]{1,6}$/u).filter((name) => !isCredentialHeader(name));
const patterns = fc.array(line, { minLength: 1, maxLength: 2 });
const minutes = fc.nat(1440);
const window: fc.Arbitrary<TimeWindow> = fc.oneof(
  fc.record({ days: fc.uniqueArray(fc.constantFrom('mon', 'sat'), { minLength: 1 }), zone: fc.constantFrom('Europe/Berlin', 'UTC') }),
  fc.record({ from: minutes, to: minutes }),
  fc.record({ from: minutes }),
);
const params = (): fc.Arbitrary<PresetUse['params']> => fc.constant({});
const presetUse: fc.Arbitrary<PresetUse> = fc.oneof(
  fc.record({ name: fc.constantFrom('py-thinking', 'py-default', 'ccr-think', 'ccr-image', 'ccr-background'), params: params() }),
  fc.record({ name: fc.constantFrom('py-token-count', 'ccr-long-context'), params: fc.record({ threshold: fc.nat(100_000) }) }),
  fc.record({ name: fc.constant('py-match-model'), params: fc.record({ model: fc.string() }) }),
  fc.record({ name: fc.constant('py-match-tool'), params: fc.record({ tool: fc.string() }) }),
  fc.record({ name: fc.constantFrom('ccr-explicit', 'ccr-subagent'), params: params() }),
  fc.record({ name: fc.constant('ccr-custom'), params: fc.record({ custom: fc.constant('mine') }) }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.record({ class: fc.uniqueArray(fc.constantFrom(...requestClasses), { minLength: 1 }) }),
    fc.record({ model: fc.array(line, { minLength: 1, maxLength: 3 }) }),
    fc.record({ stream: fc.boolean() }),
    fc.nat(1000).map((over) => ({ tokens: { over, under: over + 1 } })),
    fc.nat(1000).map((over) => ({ tokens: { over } })),
    fc.record({ agentType: patterns }),
    fc.record({ thinking: fc.oneof(fc.record({ type: patterns }), fc.record({ type: patterns, budgetOver: fc.nat(1000) })) }),
    fc.record({ tool: fc.oneof(fc.record({ declared: patterns }), fc.record({ used: patterns, forced: patterns })) }),
    fc.record({ serverTool: patterns }),
    fc.record({ image: fc.boolean() }),
    fc.record({ system: patterns }),
    fc.record({ header: fc.dictionary(headerNames, patterns, { minKeys: 1, maxKeys: 2, noNullPrototype: true }) }),
    fc.record({ project: patterns }),
    fc.record({ session: patterns }),
    fc.record({ user: patterns }),
    fc.record({ time: window }),
    fc.record({ custom: fc.constantFrom('mine', 'other') }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
})).condition;

const timeouts = fc.record({ connect: ms(600_000), firstByte: ms(3_600_000), idle: ms(3_600_000), total: ms(86_400_000) });
const baseUrl = fc
  .record({
    secure: fc.boolean(),
    host: fc.constantFrom('localhost', 'example.com', '10.0.0.1', '[::1]'),
    port: fc.integer({ min: 1024, max: 65_535 }),
    path: fc.constantFrom('', '/v1', '/a/b'),
  })
  .map(({ secure, host, port, path }) => `${secure ? 'https' : 'http'}://${host}:${port}${path}`);

/** Any configuration the schema can express. */
const config: fc.Arbitrary<Config> = fc
  .record({ providerNames: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), targetNames: fc.uniqueArray(name, { maxLength: 4 }) })
  .chain(({ providerNames, targetNames }) => {
    const targets = [...new Set([...targetNames, 'default'])];
    const others = (self: string) => fc.subarray(targets.filter((target) => target !== self));
    const targetRule = (ruleName: string): fc.Arbitrary<TargetRule> =>
      fc.constantFrom(...targets).chain((to) =>
        fc.record(
          {
            name: fc.constant(ruleName),
            when: condition,
            to: fc.constant(to),
            fallback: others(to),
            moves: fc.constantFrom<RuleMoves>('never', 'turn', 'request'),
          },
          { requiredKeys: ['name', 'when', 'to', 'fallback'] },
        ),
      );
    const presetRule = (ruleName: string): fc.Arbitrary<Rule> =>
      fc.tuple(targetRule(ruleName), presetUse).map(([rule, preset]): Rule => {
        const made = presetOf(preset.name as PresetName).make(preset.params);
        return 'when' in made ? { ...rule, ...made, preset } : { name: ruleName, ...made, preset };
      });
    const selectorRule = (ruleName: string): fc.Arbitrary<SelectorRule> => fc.constant({ name: ruleName, selector: 'any' });
    const reasoned = (ruleName: string): fc.Arbitrary<Rule> =>
      targetRule(ruleName).map((rule) => ({ ...rule, moves: rule.moves ?? 'turn', reason: 'a reason' }));
    const rule = (ruleName: string): fc.Arbitrary<Rule> =>
      fc.oneof(targetRule(ruleName), presetRule(ruleName), selectorRule(ruleName), reasoned(ruleName));
    const rules = fc.uniqueArray(name, { maxLength: 3 }).chain((names) => fc.tuple(...names.map(rule)));
    const byName = <T>(names: readonly string[], make: (of: string) => fc.Arbitrary<T>) =>
      fc.tuple(...names.map((of) => make(of).map((value) => [of, value] as const))).map((entries) => Object.fromEntries(entries));
    return fc.record({
      server: fc.record({
        host: fc.constantFrom('127.0.0.1', 'localhost', '::1'),
        port: orNot(fc.integer({ min: 0, max: 65_535 })),
        authKey: fc.oneof(fc.constant(''), key),
        bodyLimit: fc.integer({ min: 1024, max: 512 * 1024 ** 2 }),
        allowedHosts: fc.array(fc.constantFrom('host.docker.internal', '10.0.0.1', 'a:80'), { maxLength: 2 }),
        allowedOrigins: fc.array(fc.constantFrom('https://a.example', 'http://localhost:3000'), { maxLength: 2 }),
        headHold: ms(290_000),
        drainTimeout: ms(3_600_000),
        idleShutdown: ms(604_800_000),
      }),
      logging: fc.record({ level: fc.constantFrom(...logLevels), bodies: fc.boolean(), file: orNot(fc.constant('/var/log/c.log')) }),
      egress: fc.record({ proxy: fc.constantFrom('env', 'none'), ca: fc.array(fc.constant('/etc/ca.pem'), { maxLength: 1 }) }),
      providers: byName(providerNames, (of) =>
        fc.oneof(
          fc.record({
            name: fc.constant(of),
            type: fc.constant('anthropic' as const),
            baseUrl,
            auth: fc.oneof(fc.constant({ kind: 'client' as const }), fc.record({ kind: fc.constant('apiKey' as const), value: key })),
            timeouts,
            unavailable: fc.constant(undefined),
          }),
          fc.record({
            name: fc.constant(of),
            type: fc.constantFrom('openai' as const, 'openai-responses' as const, 'gemini' as const),
            baseUrl,
            auth: fc.oneof(fc.constant({ kind: 'none' as const }), fc.record({ kind: fc.constant('apiKey' as const), value: key })),
            timeouts,
            strict: fc.boolean(),
            unavailable: fc.constant(undefined),
          }),
          fc.record(
            {
              name: fc.constant(of),
              type: fc.constant('ollama' as const),
              baseUrl,
              auth: fc.constant({ kind: 'none' as const }),
              timeouts,
              strict: fc.boolean(),
              keepAlive: fc.constantFrom('10m', '-1', '1h30m'),
              unavailable: fc.constant(undefined),
            },
            { requiredKeys: ['name', 'type', 'baseUrl', 'auth', 'timeouts', 'strict', 'unavailable'] },
          ),
          fc.record({
            name: fc.constant(of),
            type: fc.constant('demo' as const),
            baseUrl: fc.constant(undefined),
            auth: fc.constant({ kind: 'none' as const }),
            timeouts,
            unavailable: fc.constant(undefined),
          }),
        ),
      ),
      models: byName(targets, (of) =>
        fc.record(
          {
            name: fc.constant(of),
            provider: fc.constantFrom(...providerNames),
            model: orNot(line),
            limits: fc.record({ context: orNot(ms(1_000_000)), output: orNot(ms(1_000_000)) }),
            // Only towards earlier names, so that no circle arises.
            fallback: fc.subarray(targets.slice(0, targets.indexOf(of))),
            strict: fc.boolean(),
          },
          { requiredKeys: ['name', 'provider', 'model', 'limits', 'fallback'] },
        ),
      ),
      routes: rules,
      profiles: fc.uniqueArray(name, { maxLength: 2 }).chain((names) =>
        byName(names, (of) =>
          fc.record(
            {
              name: fc.constant(of),
              default: fc.constantFrom(...targets),
              routes: rules,
              limits: fc.record({ context: orNot(ms(1000)), output: orNot(ms(1000)) }),
            },
            { requiredKeys: ['name', 'default', 'routes'] },
          ),
        ),
      ),
      plugins: fc.record({
        routing: byName(['mine', 'other'], (of) =>
          fc.record({
            name: fc.constant(of),
            module: fc.constant('/home/user/route.mjs'),
            timeout: ms(5000),
            body: fc.boolean(),
            onFailure: fc.constantFrom('skip' as const, 'refuse' as const),
          }),
        ),
        observers: byName(['watch'], (of) =>
          fc.record({ name: fc.constant(of), module: fc.constant('/home/user/watch.mjs'), timeout: ms(60_000), body: fc.boolean() }),
        ),
        providers: byName(['own'], (of) =>
          fc.record({
            name: fc.constant(of),
            module: fc.constantFrom('/home/user/provider.mjs', '@ccproxy/provider-bedrock'),
            from: fc.constant('/etc/ccproxy'),
            passEnv: fc.constantFrom([], ['AWS_PROFILE']),
          }),
        ),
      }),
      webSearch: fc.record({
        searxng: fc.constantFrom('http://127.0.0.1:8888', 'https://search.example/path'),
        apiKey: fc.constantFrom('', 'a-key-of-the-engine'),
        results: fc.integer({ min: 1, max: 50 }),
        searches: fc.integer({ min: 1, max: 50 }),
        timeout: ms(300_000),
      }),
      capabilities: fc.uniqueArray(
        fc.record({
          pattern: fc.constantFrom('*', 'gpt-5*', 'o/qwen3:8b', 'x y'),
          can: fc.record(
            {
              context: ms(1_000_000),
              output: ms(1_000_000),
              tools: fc.boolean(),
              efforts: fc.array(fc.constantFrom('low', 'high'), { minLength: 1, maxLength: 2 }),
              prefill: fc.constantFrom('send' as const, 'drop' as const, 'refuse' as const),
              images: fc.boolean(),
              reasoning: fc.constantFrom('none' as const, 'effort' as const, 'switch' as const, 'budget' as const),
              maxTokens: fc.constantFrom('max_tokens' as const, 'max_completion_tokens' as const),
            },
            { requiredKeys: [] },
          ),
        }),
        { maxLength: 3, selector: ({ pattern }) => pattern },
      ),
    });
  });

describe('formatConfig', () => {
  it(
    '[C7] writes any configuration so that reading it gives the same one',
    async () => {
      await fc.assert(
        fc.asyncProperty(config, async (made) => {
          const written = { ...made, retry: defaultRetry };
          const analysis = await analyze(formatConfig(written));
          expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
          expect(analysis.config).toEqual(written);
        }),
        { numRuns: 500 * scale },
      );
    },
    120_000 * scale,
  );
});

/** Changes of a text: pieces cut, doubled, swapped and replaced by what breaks parsers. */
const mutations = fc.array(
  fc.record({
    at: fc.nat(230),
    remove: fc.nat(40),
    insert: fc.oneof(
      fc.constantFrom(
        '${',
        '${A}',
        '${A:-',
        '}',
        '$$',
        '&a ',
        '*a',
        '!x ',
        '{',
        '[',
        ']',
        '- ',
        ': ',
        '? ',
        '|\n',
        '>\n',
        '"',
        "'",
        '\t',
        '\n',
        '#',
        '%',
        '---\n',
        '__proto__: 1',
        '~',
        'null',
        '\u0000',
        '\uFEFF',
        '0x',
        '.nan',
        '1e999',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

const texts = [
  `providers:
  work: { type: anthropic, baseUrl: "https://a.example/v1", apiKey: "\${WORK:-x}" } # comment
  demo:
    type: demo
    timeouts: { idle: 1m }
models: { default: { provider: work } }
`,
  `models: { default: { provider: anthropic }, small: { provider: demo, model: m, fallback: [default] } }
routes:
  - { name: a, when: { all: [ { class: main }, { not: { model: "x*" } } ] }, to: small }
`,
  `server: { authKey: "\${KEY:-}", port: 1, headHold: 60s }
profiles: { p: { default: demo } }
logging: { level: debug }
`,
];

/** Either a configuration or errors, each coded, with advice and a place. Plain conditions: assertions are slow at this count. */
function explained({ config: result, diagnostics }: Analysis): boolean {
  const complete = diagnostics.every(
    ({ code, message, hint, where }) =>
      /^CCP_[A-Z_]+$/u.test(code) && message !== '' && hint !== '' && (where.line ?? 0) > 0 && (where.column ?? 0) > 0,
  );
  return complete && (result === undefined) === diagnostics.some(({ severity }) => severity === 'error');
}

describe('analyzeConfig', () => {
  it(
    '[C7][F1] never throws on a damaged text, and answers only with coded errors at a place',
    async () => {
      const damaged = fc
        .tuple(fc.constantFrom(...texts), mutations)
        .map(([text, changes]) =>
          changes.reduce((now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove), text),
        );
      const property = fc.asyncProperty(damaged, async (text) => explained(await analyze(text)));
      expect(fc.defaultReportMessage(await fc.check(property, { numRuns: 10_000 * scale }))).toBeUndefined();
    },
    120_000 * scale,
  );

  it(
    '[F1] survives arbitrary trees in place of any section',
    async () => {
      const sections = fc.constantFrom('server', 'logging', 'egress', 'providers', 'models', 'routes', 'profiles', 'keys', 'nonsense');
      const property = fc.asyncProperty(sections, fc.json({ maxDepth: 4 }), async (section, json) =>
        explained(await analyze(`${JSON.stringify(section)}: ${json}`)),
      );
      expect(fc.defaultReportMessage(await fc.check(property, { numRuns: 3000 * scale }))).toBeUndefined();
    },
    60_000 * scale,
  );
});

describe('parseExpressions', () => {
  it('keeps every text that holds no expression and never throws', () => {
    const anyText = fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', ' ', 'file:') });
    const property = fc.property(anyText, (text) => {
      const joined = parseExpressions(text).map((piece) => (piece.kind === 'text' ? piece.text : '?'));
      return text.includes('${') || text.includes('$$') || joined.join('') === text;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 10_000 * scale }))).toBeUndefined();
  });

  it('gives back a text whose dollars were doubled', async () => {
    const none = { variable: () => undefined, file: () => Promise.resolve({ reason: 'none' }) };
    const property = fc.asyncProperty(fc.string(), async (text) => {
      const { value } = await interpolate([text.replaceAll('$', '$$$$')], none);
      return Array.isArray(value) && value[0] === text;
    });
    expect(fc.defaultReportMessage(await fc.check(property, { numRuns: 2000 * scale }))).toBeUndefined();
  });
});
