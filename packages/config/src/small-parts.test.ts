import { errorSpecs } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { checkBaseUrl, isLoopback } from './base-url.js';
import { configJsonSchema } from './config-json-schema.js';
import { configReference } from './config-reference.js';
import { errors } from './errors.js';
import { initConfigText } from './init-config.js';
import { interpolate } from './interpolate.js';
import { maskCredentials } from './mask-credentials.js';
import { renderDiagnostics } from './render-diagnostics.js';
import { didYouMean, editDistance, suggest } from './suggest.js';

describe('checkBaseUrl', () => {
  it.each([
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://metadata.google.internal./',
    'http://METADATA.google.internal/',
    'http://100.100.100.200/',
    'https://user:pass@example.com',
    'https://example.com/?key=1',
    'https://example.com/#x',
  ])('[F1] refuses %s', (url) => {
    expect(checkBaseUrl(url)).toMatchObject({ ok: false, code: 'CCP_CONFIG_UNSAFE_URL' });
  });

  it.each(['', 'example.com', 'ftp://example.com', 'file:///etc/passwd', 'unix:/x', 'javascript:alert(1)'])('refuses %j', (url) => {
    expect(checkBaseUrl(url)).toMatchObject({ ok: false, code: 'CCP_CONFIG_INVALID' });
  });

  it('takes http and https and drops the last slash', () => {
    expect(checkBaseUrl('https://API.example.com:443/v1/')).toMatchObject({
      ok: true,
      url: 'https://api.example.com/v1',
      loopback: false,
      secure: true,
    });
    expect(checkBaseUrl('http://[::1]:8080')).toMatchObject({ ok: true, url: 'http://[::1]:8080', loopback: true, secure: false });
    expect(checkBaseUrl('http://192.168.1.20:11434')).toMatchObject({ ok: true, loopback: false });
  });

  it('knows what stays on this machine', () => {
    for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:7f00:1']) {
      expect(isLoopback(host)).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', ''])
      expect(isLoopback(host)).toBe(false);
  });
});

describe('suggest', () => {
  it('counts swapped neighbours as one change', () => {
    expect(editDistance('axuiliary', 'auxiliary')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('finds what was meant and nothing far away', () => {
    expect(suggest('Anthropc', ['openai', 'anthropic'])).toBe('anthropic');
    expect(suggest('zzz', ['anthropic'])).toBeUndefined();
    expect(suggest('a'.repeat(100), ['a'.repeat(99)])).toBeUndefined();
    expect(didYouMean('zzz', [], 'target')).toBe('There is no target yet.');
    expect(
      didYouMean(
        'zzz',
        Array.from({ length: 20 }, (_, i) => `name${i}`),
        'target',
      ),
    ).toMatch(/^Known: .*, …\.$/u);
  });
});

describe('interpolate', () => {
  const sources = {
    variable: (name: string) => ({ A: 'a', EMPTY: '' })[name],
    file: (path: string) => Promise.resolve(path === '/k' ? { content: 'k' } : { reason: 'no' }),
  };

  it('replaces variables, defaults and files anywhere in a text', async () => {
    const tree = { text: '${A}-${B:-b}-${EMPTY:-e}-${EMPTY}-${file:/k}', list: ['$$${A}', '$A', 'x$', 5, null], 'key ${A}': true };
    const result = await interpolate(tree, sources);
    expect(result.value).toEqual({ text: 'a-b-e--k', list: ['$a', '$A', 'x$', 5, null], 'key ${A}': true });
    expect(result.gaps).toEqual([]);
    expect([...result.variables].sort()).toEqual(['A', 'B', 'EMPTY']);
    expect(result.external).toEqual([['text'], ['list', 0]]);
    expect(result.fileContents).toEqual(['k']);
  });

  it.each(['${', '${}', '${A', '${1A}', '${A-b}', '${a b}', '${A:-${B}}', '${file:}'])('says that %s is malformed', async (text) => {
    expect((await interpolate({ a: text }, sources)).gaps).toMatchObject([{ kind: 'malformed', path: ['a'] }]);
  });
});

describe('rendering', () => {
  it('[F1] masks credentials in the line it shows', () => {
    expect(maskCredentials('a: { apiKey: abcdefgh, baseUrl: x }')).toBe('a: { apiKey: ****, baseUrl: x }');
    expect(maskCredentials("authKey: 'it''s secret'")).not.toContain('secret');
    expect(maskCredentials('authKey: "half open secret')).not.toContain('secret');
    expect(maskCredentials('url: https://user:password@example.com')).not.toContain('password');
    expect(maskCredentials('x: sk-ant-api03-abcdefghijklmnop')).not.toContain('abcdefgh');
  });

  it('shortens long lines around the place and writes diagnostics without a line', () => {
    const common = { severity: 'warning', code: 'CCP_CONFIG_RISK', message: 'm', hint: 'h', path: '' } as const;
    const text = `${'a'.repeat(500)}X`;
    const rendered = renderDiagnostics(
      [
        { ...common, where: { file: 'f', line: 1, column: 501 } },
        { ...common, where: { file: 'g' } },
      ],
      text,
    );
    expect(rendered.split('\n').every((row) => row.length < 200)).toBe(true);
    expect(rendered).toContain('g - warning CCP_CONFIG_RISK: m\n  h');
    expect(rendered).toMatch(/aX\n    \| +\^\n/u);
  });
});

describe('descriptions', () => {
  it('[C7] lists every key with type, default and description', () => {
    const rows = configReference();
    const find = (path: string) => rows.find((row) => row.path === path);
    expect(rows.filter(({ description }) => description === '')).toEqual([]);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
    expect(find('server.headHold')).toMatchObject({ type: 'duration', default: '60s', available: true });
    expect(find('server.authKey')).toMatchObject({ type: 'secret', default: '""' });
    expect(find('providers.<name>.type')).toMatchObject({
      type: 'anthropic | demo | ollama | openai | openai-responses | gemini | adapter',
      available: true,
    });
    expect(find('providers.<name>.timeouts.firstByte')).toMatchObject({ default: '120s' });
    expect(find('routes[].when.tokens.over')).toMatchObject({ type: 'number' });
    expect(find('plugins.providers.<name>.module')).toMatchObject({ type: 'text', available: true });
    expect(find('plugins.observers.<name>.timeout')).toMatchObject({ default: '5s', available: true });
    expect(find('budgets')).toMatchObject({ available: false });
  });

  it('gives editors a JSON schema that is JSON and strict', () => {
    const schema = configJsonSchema();
    expect(schema.$schema).toContain('draft-07');
    expect(schema.additionalProperties).toBe(false);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it('[B1] describes every key that the starter uses', () => {
    for (const key of ['providers', 'models', 'routes', 'server', 'logging']) expect(initConfigText()).toContain(`${key}:`);
  });

  it('has advice for every error', () => {
    for (const spec of Object.values(errors[errorSpecs])) expect(spec.title && spec.why && spec.fix).toBeTruthy();
  });
});
