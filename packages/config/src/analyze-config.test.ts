import { describe, expect, it } from 'vitest';
import { initConfigText } from './init-config.js';
import { renderDiagnostics } from './render-diagnostics.js';
import { analyze, summarize } from './testing/analyze.js';

/** The example of the architecture, key by key. */
const wholeExample = `
server:    { host: 127.0.0.1, authKey: "\${CC_PROXY_AUTH_KEY:-}", bodyLimit: 32mb, allowedHosts: [], allowedOrigins: [], headHold: 60s, drainTimeout: 30s, idleShutdown: 60s }
logging:   { level: info, bodies: false }
egress:    { proxy: env, ca: [] }
providers:
  anthropic:  { type: anthropic, baseUrl: https://api.anthropic.com, auth: client }
  ollama:     { type: ollama, baseUrl: "\${OLLAMA_BASE_URL:-http://127.0.0.1:11434}", timeouts: { firstByte: "\${OLLAMA_TIMEOUT_SECONDS:-120s}" } }
  openrouter: { type: openai, baseUrl: https://openrouter.ai/api/v1, apiKey: "\${OPENROUTER_API_KEY}" }
  gpt:        { type: openai-responses, baseUrl: https://api.openai.com/v1, apiKey: "\${OPENAI_API_KEY}" }
  gemini:     { type: gemini, baseUrl: https://generativelanguage.googleapis.com, apiKey: "\${GEMINI_API_KEY}" }
  work:       { type: anthropic, baseUrl: https://gateway.example.com, oauth: { command: [work-token, print], refresh: 8h, required: false } }
  demo:       { type: demo }
models:
  default: { provider: anthropic }
  local:   { provider: ollama, model: "qwen3:8b", limits: { context: 32768, output: 8192 } }
  long:    { provider: gemini, model: gemini-3-pro, fallback: [default] }
routes:
  - { name: background, when: { class: auxiliary }, to: local }
  - { name: long-context, when: { tokens: { over: 180000 } }, to: long }
  - { name: plan, when: { all: [ { agentType: Plan }, { not: { image: true } } ] }, to: default, fallback: [long] }
profiles:  { work: { default: default, routes: [], limits: {} } }
`;

describe('analyzeConfig', () => {
  it('[C6] takes the starter as it is, without a variable or a warning', async () => {
    const { config, diagnostics, variables } = await analyze(initConfigText());
    expect(diagnostics).toEqual([]);
    expect([...variables]).toEqual([]);
    expect(config?.routes).toEqual([]);
    expect(config?.models).toMatchObject({ default: { provider: 'anthropic', model: undefined }, demo: { provider: 'demo' } });
    expect(config?.providers).toMatchObject({
      anthropic: { baseUrl: 'https://api.anthropic.com', auth: { kind: 'client' }, unavailable: undefined },
      demo: { baseUrl: undefined, auth: { kind: 'none' } },
    });
    expect(config?.server).toEqual({
      host: '127.0.0.1',
      port: undefined,
      authKey: '',
      bodyLimit: 33_554_432,
      allowedHosts: [],
      allowedOrigins: [],
      headHold: 60_000,
      drainTimeout: 30_000,
      idleShutdown: 60_000,
    });
    expect(config?.providers['anthropic']?.timeouts).toEqual({ connect: 5000, firstByte: 120_000, idle: 90_000, total: 3_600_000 });
  });

  it('takes an empty file for the default', async () => {
    const [empty, starter] = await Promise.all([analyze('# nothing\n'), analyze(initConfigText())]);
    expect(empty.config).toEqual(starter.config);
  });

  it('takes every key of the example of the whole design', async () => {
    const analysis = await analyze(wholeExample);
    expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(analysis.config?.providers['work']?.auth.kind).toBe('oauth');
  });

  it.each(['keys', 'budgets', 'cache', 'experiments', 'prices', 'agents', 'telemetry', 'store'])(
    'knows the section %s and says that it is not available',
    async (section) => {
      expect(summarize(await analyze(`${section}: { any: [thing] }`))).toEqual([`1:1 CCP_NOT_AVAILABLE ${section}`]);
    },
  );

  it('[C12] makes providers of every protocol, each with the credential it was given and no other', async () => {
    const { config } = await analyze(
      [
        'providers:',
        '  o: { type: ollama, keepAlive: 10m }',
        '  c: { type: openai, baseUrl: http://127.0.0.1:1234/v1/, strict: true }',
        '  r: { type: openai-responses, apiKey: sk-r }',
        '  g: { type: gemini, apiKey: g-key }',
        'models:',
        '  default: { provider: o, model: q, strict: true }',
        'capabilities:',
        '  "gpt-5*": { context: 400000, images: true, reasoning: effort }',
        '  "o/*": { tools: false }',
      ].join('\n'),
    );
    expect(config?.providers).toMatchObject({
      o: { baseUrl: 'http://127.0.0.1:11434', auth: { kind: 'none' }, keepAlive: '10m', strict: false },
      c: { baseUrl: 'http://127.0.0.1:1234/v1', auth: { kind: 'none' }, strict: true },
      r: { baseUrl: 'https://api.openai.com/v1', auth: { kind: 'apiKey', value: 'sk-r' } },
      g: { baseUrl: 'https://generativelanguage.googleapis.com', auth: { kind: 'apiKey', value: 'g-key' } },
    });
    expect(config?.models['default']).toMatchObject({ strict: true });
    expect(config?.capabilities).toEqual([
      { pattern: 'gpt-5*', can: { context: 400_000, images: true, reasoning: 'effort' } },
      { pattern: 'o/*', can: { tools: false } },
    ]);
  });

  it.each([
    ['providers: { o: { type: ollama, auth: client } }', 'providers.o.auth'],
    ['providers: { o: { type: ollama, keepAlive: soon } }', 'providers.o.keepAlive'],
    ['providers: { g: { type: gemini, baseUrl: "http://metadata.google.internal" } }', 'providers.g.baseUrl'],
    ['capabilities: { "": { tools: true } }', 'capabilities.'],
    ['capabilities: { x: { tool: true } }', 'capabilities.x.tool'],
  ])('refuses %s', async (text, path) => {
    expect((await analyze(`${text}\nmodels: { default: { provider: demo } }`)).diagnostics.map((each) => each.path).join(' ')).toContain(
      path,
    );
  });

  it('[C7] reports all problems together, each with file, line, column and a suggestion', async () => {
    const text = [
      'server: { prot: 1, port: 70000, bodyLimit: 3x, tls: {} }',
      'providers:',
      '  a: { type: anthropc }',
      '  c: { type: anthropic, baseUrl: "https://u:p@example.com", apiKey: "${KEY}", auth: client }',
      'models:',
      '  x: { provider: aa, fallback: [y, x] }',
      '  y: { provider: a, fallback: x, limits: { context: many } }',
      'routes:',
      '  - { name: r, when: { class: [main, axuiliary], tokens: {} }, to: z }',
      '  - { name: r, when: {}, to: x }',
      '  - { name: "r r", when: { not: { model: 5 } } }',
      '  - nope',
      'logging: { level: dbug, bodies: "${UNSET}" }',
      'profiles: { w: { default: nope } }',
      'modls: 1',
    ].join('\n');
    const analysis = await analyze(text);
    expect(summarize(analysis)).toEqual([
      '1:11 CCP_CONFIG_UNKNOWN_KEY server.prot',
      '1:26 CCP_CONFIG_INVALID server.port',
      '1:44 CCP_CONFIG_INVALID server.bodyLimit',
      '1:48 CCP_NOT_AVAILABLE server.tls',
      '3:14 CCP_CONFIG_INVALID providers.a.type',
      '4:34 CCP_CONFIG_UNSAFE_URL providers.c.baseUrl',
      '4:85 CCP_CONFIG_INVALID providers.c.auth',
      '5:1 CCP_CONFIG_REFERENCE models',
      '6:18 CCP_CONFIG_REFERENCE models.x.provider',
      '6:32 CCP_CONFIG_REFERENCE models.x.fallback',
      '6:36 CCP_CONFIG_REFERENCE models.x.fallback[1]',
      '7:53 CCP_CONFIG_INVALID models.y.limits.context',
      '9:38 CCP_CONFIG_INVALID routes[0].when.class[1]',
      '9:58 CCP_CONFIG_INVALID routes[0].when.tokens',
      '9:68 CCP_CONFIG_REFERENCE routes[0].to',
      '10:13 CCP_CONFIG_REFERENCE routes[1].name',
      '10:22 CCP_CONFIG_INVALID routes[1].when',
      '11:5 CCP_CONFIG_INVALID routes[2].to',
      '11:13 CCP_CONFIG_INVALID routes[2].name',
      '11:42 CCP_CONFIG_INVALID routes[2].when.not.model',
      '12:5 CCP_CONFIG_INVALID routes[3]',
      '13:19 CCP_CONFIG_INVALID logging.level',
      '13:33 CCP_CONFIG_VARIABLE logging.bodies',
      '14:27 CCP_CONFIG_REFERENCE profiles.w.default',
      '15:1 CCP_CONFIG_UNKNOWN_KEY modls',
    ]);
    const hints = Object.fromEntries(analysis.diagnostics.map(({ path, hint }) => [path, hint]));
    expect(hints).toMatchObject({
      'server.prot': 'Did you mean `port`?',
      'providers.a.type': 'Did you mean `anthropic`?',
      'models.x.provider': 'Did you mean `a`?',
      'routes[0].when.class[1]': 'Did you mean `auxiliary`?',
      'logging.level': 'Did you mean `debug`?',
      'logging.bodies': 'Set UNSET, or give a default: `${UNSET:-value}`.',
      'profiles.w.default': 'Known: x, y.',
      modls: 'Did you mean `models`?',
    });
    expect(renderDiagnostics(analysis.diagnostics.slice(0, 1), text)).toBe(
      [
        'ccproxy.yaml:1:11 - error CCP_CONFIG_UNKNOWN_KEY: server.prot is not a known key',
        '',
        '  1 | server: { prot: 1, port: 70000, bodyLimit: 3x, tls: {} }',
        '    |           ^',
        '  Did you mean `port`?',
      ].join('\n'),
    );
  });

  it('reads conditions in every combination', async () => {
    const { config, diagnostics } = await analyze(`
routes:
  - { name: a, to: default, when: { class: auxiliary } }
  - { name: b, to: default, when: { class: [main, subagent], model: "claude-*" }, fallback: demo }
  - { name: c, to: default, when: { any: [ { stream: "false" }, { not: { tokens: { over: 10, under: 20 } } } ] } }
`);
    expect(diagnostics).toEqual([]);
    expect(config?.routes.map((rule) => ('when' in rule ? rule.when : rule.selector))).toEqual([
      { class: ['auxiliary'] },
      { all: [{ class: ['main', 'subagent'] }, { model: ['claude-*'] }] },
      { any: [{ stream: false }, { not: { tokens: { over: 10, under: 20 } } }] },
    ]);
    expect(config?.routes[1]).toMatchObject({ fallback: ['demo'] });
  });

  it('refuses conditions that can never hold or say nothing', async () => {
    const analysis = await analyze(`
routes:
  - { name: a, to: default, when: { tokens: { over: 20, under: 20 } } }
  - { name: b, to: default, when: { all: [] } }
  - { name: c, to: default, when: { class: [] } }
  - { name: d, to: default }
`);
    expect(summarize(analysis).map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'CCP_CONFIG_INVALID routes[0].when.tokens',
      'CCP_CONFIG_INVALID routes[1].when.all',
      'CCP_CONFIG_INVALID routes[2].when.class',
      'CCP_CONFIG_INVALID routes[3].when',
    ]);
  });

  it('finds nothing under names of the object prototype', async () => {
    const { config } = await analyze('');
    expect(config?.models['toString']).toBeUndefined();
    expect(config?.providers['constructor']).toBeUndefined();
    expect(await analyze('routes: [{ name: a, to: toString, when: { stream: true } }]').then(summarize)).toEqual([
      '1:25 CCP_CONFIG_REFERENCE routes[0].to',
    ]);
  });

  it('resolves paths from the directory of the file', async () => {
    const { config } = await analyze('logging: { file: log/a.log }\negress: { ca: [ca.pem, /abs.pem, ~/own.pem] }');
    expect(config?.logging.file).toBe('/etc/ccproxy/log/a.log');
    expect(config?.egress.ca).toEqual(['/etc/ccproxy/ca.pem', '/abs.pem', '/home/user/own.pem']);
  });

  it('[C3] makes a provider unavailable when its credential is missing, and starts', async () => {
    const text = `
providers:
  anthropic: { type: anthropic }
  unset: { type: anthropic, apiKey: "\${NOPE_KEY}" }
  empty: { type: anthropic, apiKey: "\${NOPE_KEY:-}" }
  file: { type: anthropic, apiKey: "\${file:/run/secrets/key}" }
  demo: { type: demo }
`;
    const { config, diagnostics } = await analyze(text);
    expect(diagnostics).toEqual([]);
    const reasons = Object.values(config?.providers ?? {}).map(({ name, unavailable }) => [name, unavailable]);
    expect(reasons).toEqual([
      ['anthropic', undefined],
      ['unset', 'environment variable NOPE_KEY is not set'],
      ['empty', 'its apiKey is empty'],
      ['file', '/run/secrets/key cannot be read (ENOENT)'],
      ['demo', undefined],
    ]);
  });

  it('treats a missing variable anywhere else, server.authKey included, as an error', async () => {
    expect(summarize(await analyze('server: { authKey: "${A}", host: "${B}" }\nmodels: { default: { provider: "${C}" } }'))).toEqual([
      '1:20 CCP_CONFIG_VARIABLE server.authKey',
      '1:34 CCP_CONFIG_VARIABLE server.host',
      '2:32 CCP_CONFIG_VARIABLE models.default.provider',
    ]);
    expect(summarize(await analyze('providers: { a: { type: anthropic, apiKey: "${not closed" } }'))).toContain(
      '1:44 CCP_CONFIG_VARIABLE providers.a.apiKey',
    );
  });

  it('reads numbers, times and switches from variables', async () => {
    const { config } = await analyze('server: { port: "${P}", drainTimeout: "${T}" }\nlogging: { bodies: "${B}" }', {
      P: '4000',
      T: '120',
      B: 'true',
    });
    expect(config?.server).toMatchObject({ port: 4000, drainTimeout: 120_000 });
    expect(config?.logging.bodies).toBe(true);
  });

  it('[F1] never puts the value of a variable or a credential into a message', async () => {
    const secret = 'sk-ant-api03-verysecretvalue00';
    const env = { S: secret };
    const text = `
server: { host: "\${S} x/y", authKey: "\${S} \${S}", port: "\${S}", headHold: "\${S}", allowedOrigins: ["\${S}"] }
providers: { a: { type: "\${S}" }, b: { type: anthropic, baseUrl: "\${S}", apiKey: "${secret} with spaces", auth: "\${S}" } }
models: { default: { provider: "\${S}", fallback: "\${S}" } }
routes: [{ name: "\${S} ", to: "\${S}", when: { class: "\${S}", tokens: "\${S}" } }]
logging: { level: "\${S}" }
`;
    const analysis = await analyze(text, env);
    expect(analysis.diagnostics.length).toBeGreaterThan(9);
    expect(JSON.stringify(analysis.diagnostics)).not.toContain(secret);
    expect(renderDiagnostics(analysis.diagnostics, text)).not.toContain(secret);
  });

  it('collects every credential for the redactor', async () => {
    const text = 'server: { authKey: "${A}" }\nproviders: { anthropic: { type: anthropic, apiKey: written-key }, demo: { type: demo } }';
    expect((await analyze(text, { A: 'gateway-key' })).secrets).toEqual(['gateway-key', 'written-key']);
  });

  it('[F1] refuses a listening address beyond loopback without a key', async () => {
    expect(summarize(await analyze('server: { host: 0.0.0.0 }'))).toEqual(['1:17 CCP_CONFIG_EXPOSED server.host']);
    expect(summarize(await analyze('server: { host: "::" }'))).toEqual(['1:17 CCP_CONFIG_EXPOSED server.host']);
    expect(summarize(await analyze('server: { host: 0.0.0.0, authKey: long-enough }'))).toEqual([]);
    for (const host of ['localhost', '127.8.9.1', '"::1"']) expect(summarize(await analyze(`server: { host: ${host} }`))).toEqual([]);
  });

  it('refuses a key too short to be recognised and values a header cannot carry', async () => {
    expect(summarize(await analyze('server: { authKey: short }'))).toEqual(['1:20 CCP_CONFIG_INVALID server.authKey']);
    expect(summarize(await analyze('server: { authKey: "${K}" }', { K: 'two\nlines' }))).toEqual([
      '1:20 CCP_CONFIG_INVALID server.authKey',
    ]);
  });

  it('checks host and origin lists', async () => {
    const analysis = await analyze(`
server:
  allowedHosts: [host.docker.internal, "https://x", "[::1]:80"]
  allowedOrigins: ["https://app.example.com", "https://app.example.com/", "*"]
`);
    expect(analysis.diagnostics.map(({ path }) => path)).toEqual([
      'server.allowedHosts[1]',
      'server.allowedOrigins[1]',
      'server.allowedOrigins[2]',
    ]);
  });

  it('warns of what is risky and refuses nothing for it', async () => {
    const text = `
providers:
  plain: { type: anthropic, baseUrl: http://gateway.example.com, apiKey: written-key }
  other: { type: anthropic, baseUrl: https://gateway.example.com }
  local: { type: anthropic, baseUrl: http://localhost:1234/v0/ }
  deep:  { type: anthropic, baseUrl: https://eu.api.anthropic.com }
models: { default: { provider: other } }
`;
    const { config, diagnostics } = await analyze(text, {}, { shared: true });
    expect(diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      'warning CCP_CONFIG_RISK providers.plain.baseUrl',
      'warning CCP_CONFIG_RISK providers.plain.apiKey',
      'warning CCP_CONFIG_RISK providers.other.baseUrl',
    ]);
    expect(config?.providers['local']?.baseUrl).toBe('http://localhost:1234/v0');
  });

  it('[C7] finds circles, doubles and missing targets in fallbacks', async () => {
    const text = `
models:
  default: { provider: anthropic, fallback: [a, a, gone] }
  a: { provider: anthropic, fallback: b }
  b: { provider: anthropic, fallback: [c] }
  c: { provider: anthropic, fallback: [a] }
routes:
  - { name: r, to: a, when: { stream: true }, fallback: [a, b, b] }
profiles:
  p: { default: d, routes: [ { name: q, to: e, when: { stream: true } } ] }
`;
    const found = (await analyze(text)).diagnostics.map(({ message }) => message);
    expect(found).toEqual([
      'models.default.fallback[1] is there twice',
      'models.default.fallback[2] names the target `gone`, which is not declared in `models`',
      'models.a.fallback leads in a circle: a -> b -> c -> a',
      'routes[0].fallback[0] falls back to itself',
      'routes[0].fallback[2] is there twice',
      'profiles.p.default names the target `d`, which is not declared in `models`',
      'profiles.p.routes[0].to names the target `e`, which is not declared in `models`',
    ]);
  });

  it('asks for targets when only providers are declared', async () => {
    const { diagnostics } = await analyze('providers: { mine: { type: demo } }');
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual(['CCP_CONFIG_REFERENCE providers']);
  });

  it.each(['ccproxy: { rules: [] }', 'litellm: { port: 4000 }'])('recognises the file of another tool: %s', async (text) => {
    const { config, diagnostics } = await analyze(text);
    expect(config).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: 'CCP_CONFIG_FOREIGN', hint: expect.stringContaining('ccproxy config import') as string });
  });

  it.each(['just text', '[a, b]', '5'])('refuses a file that is no map: %s', async (text) => {
    expect(summarize(await analyze(text))).toEqual(['1:1 CCP_CONFIG_INVALID ']);
  });
});
