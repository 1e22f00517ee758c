import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.js';

const R = 'Zq7'.repeat(12);
const known = 'plainlocaltoken-42';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The reference samples: every one holds R or the known value, and neither may survive. */
const samples = [
  `sk-ant-api03-${R}`,
  `sk-ant-oat01-${R}`,
  `sk-ant-ort01-${R}`,
  `sk-ant-admin01-${R}`,
  `sk-proj-${R}`,
  `sk-${R}`,
  `sk-or-v1-${R}`,
  `AIza${R}`,
  `ya29.${R}`,
  `gsk_${R}`,
  `xai-${R}`,
  `hf_${R}`,
  `ghp_${R}`,
  `npm_${R}`,
  'AKIAABCDEFGHIJKLMNOP',
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${R}`,
  `Authorization: Bearer ${R}`,
  `{"authorization":"Bearer ${R}"}`,
  `x-api-key: ${R}`,
  `{"x-api-key":"${R}"}`,
  `GET /v1beta/models?key=${R}&alt=sse`,
  `/cb?code=${R}&state=1`,
  `ANTHROPIC_API_KEY=${R}`,
  `MY_TOKEN='${R}'`,
  `{"refresh_token":"${R}"}`,
  `client_secret: ${R}`,
  `https://user:${R}@proxy.local:3128`,
  `redis://:${R}@127.0.0.1:6379`,
  `Cookie: sid=${R}`,
  `Error: invalid key ${known}`,
  `b64 ${base64(known)}`,
  encodeURIComponent(`Bearer sk-ant-api03-${R}`),
  `-----BEGIN RSA PRIVATE KEY-----\n${R}\n-----END RSA PRIVATE KEY-----`,
];

/** What the reference does not know. */
const more: readonly (readonly [string, string])[] = [
  ['sk-ant- behind letters', `xsk-ant-${R}`],
  ['a percent-encoded space before an OpenAI key', `Bearer%20sk-proj-${R}`],
  ['a key after an escaped newline', String.raw`line\nsk-${R}`],
  ['a key after an escaped code point', String.raw`\u001bsk-${R}`],
  ['a project key in a name', `MY_sk-proj-${R}`],
  ...[
    'AQ.',
    '1//0',
    'GOCSPX-',
    'csk-',
    'pplx-',
    'r8_',
    'nvapi-',
    'fw_',
    'pa-',
    'tvly-',
    'lsv2_',
    'sk-lf-',
    'pk-lf-',
    'glpat-',
    'github_pat_',
    'gho_',
    'ghu_',
    'ghs_',
    'ghr_',
    'xoxb-',
    'sk_live_',
    'rk_test_',
    'sk-svcacct-',
    'sk-admin-',
  ].map((prefix) => [`a ${prefix} token`, `"${prefix}${R}"`] as const),
  ['a temporary AWS key id', 'ASIAABCDEFGHIJKLMNOP'],
  ['lower-case names with a prefix', `openai_api_key: ${R}`],
  ['camel case names', `{"clientSecret":"${R}","apiKey":"${R}","authKey":"${R}"}`],
  ['single quotes', `{'private_key': '${R}'}`],
  ['a list of raw headers', `["host","x","x-api-key","${R}"]`],
  ['a header with several values', `{"set-cookie":["a=${R}; Path=/"]}`],
  ['the later cookies of a header', `cookie: a=1; session=${R}`],
  ['a signature of a header', `authorization: AWS4-HMAC-SHA256 Credential=x, Signature=${R}`],
  ['a value with spaces', `password: "correct horse ${R}"`],
  ['a value with a quote in it', JSON.stringify({ password: `quote " then ${R}` })],
  ['a value with a quote in it, nested', JSON.stringify({ body: JSON.stringify({ password: `quote " then ${R}` }) })],
  ['a bare token field', `{"token":"${R}"}`],
  ['a compose file', `  ACME_KEY: ${R}`],
  ['a basic scheme', `proxy uses Basic ${R}=`],
  ['a user without password in a URL', `https://${R}@github.com/a/b`],
  ['a password with @ and / encoded', `https://u:p%40@${R}@host`],
  ['a cut-off private key', `-----BEGIN OPENSSH PRIVATE KEY-----\\n${R}`],
  ['a JWT with empty signature', `eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.`],
];

const harmless = [
  'claude-sonnet-4-5-20250929',
  'sk-learn is fine',
  'input_tokens: 1234',
  'max_tokens=4096',
  '{"usage":{"output_tokens":7}}',
  'request-id: req_011CV5J4YZo4J3KLTDZgDN7S',
  'tokens: 1234',
  'http://127.0.0.1:4000/health',
  'task-runner-abcdefghijklmnop',
];

const leaks = (text: string) =>
  text.includes(R) || text.includes(known) || text.includes('AKIAABCDEFGHIJKLMNOP') || text.includes('eyJhbGci');

describe('createRedactor', () => {
  const redactor = createRedactor({ secrets: [known] });

  it.each(samples)('[F1] redacts %j', (sample) => {
    const redacted = redactor.redact(sample);
    expect(redacted).toContain('****');
    expect(leaks(redacted)).toBe(false);
  });

  it.each(samples)('[F1] redacts it inside a JSON log line, twice nested too, and the line stays JSON: %j', (sample) => {
    for (const text of [
      `before\n${sample}\nafter`,
      JSON.stringify({ inner: sample }),
      JSON.stringify({ inner: JSON.stringify({ deep: sample, next: 1 }) }),
    ]) {
      const line = redactor.redact(JSON.stringify({ level: 'info', msg: text, last: 'kept' }));
      expect(leaks(line)).toBe(false);
      expect(JSON.parse(line)).toMatchObject({ level: 'info', last: 'kept' });
    }
  });

  it.each(harmless)('leaves %j alone', (text) => expect(redactor.redact(text)).toBe(text));

  it.each(more)('[F1] redacts %s', (_, text) => {
    const redacted = redactor.redact(text);
    expect(leaks(redacted) || redacted.includes('ASIA')).toBe(false);
    expect(redacted).toContain('****');
  });

  it('[F1] keeps a line JSON where the end of one string reads like the beginning of a value', () => {
    const line = JSON.stringify({
      msg: 'set ANTHROPIC_API_KEY=',
      next: `token ${known}`,
      list: [{ password: 123456, note: 'kept', secret: ['', R] }],
    });
    expect(JSON.parse(redactor.redact(line))).toEqual({
      msg: 'set ANTHROPIC_API_KEY=',
      next: 'token ****',
      list: [{ password: '****', note: 'kept', secret: ['', '****'] }],
    });
    const deep = `${'['.repeat(100_000)}"API_KEY=","${known}"${']'.repeat(100_000)}`;
    expect(leaks(redactor.redact(deep))).toBe(false);
  });

  it.each([
    '{"password":null,"api_key":"${OPENAI_API_KEY}","secret":"$VAR"}',
    'Basic authentication is not supported',
    'set ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY first',
    '{"level":"info","msg":"request","tokensIn":51234,"key":"ab","sessionId":"0d9c1a9e-1111-4222-8333-abcdefabcdef"}',
    'eyJhbGciOiJIUzI1NiJ9 is only a header',
    'ssh://git@github.com/a/b? no',
    'https://example.com/a?page=2#x',
  ])('does not garble %j', (text) => {
    // The user name of a URL goes in any case.
    expect(redactor.redact(text)).toBe(text.replace('git@', '****@'));
  });

  it('[F1] knows an exact value in every spelling, alone and inside longer encoded text', () => {
    const value = 'a "quoted" päss/wörd+42';
    const exact = createRedactor({ secrets: [value] });
    const bytes = Buffer.from(value);
    const json = JSON.stringify(value).slice(1, -1);
    const spellings = [
      value,
      json,
      JSON.stringify(json).slice(1, -1),
      encodeURIComponent(value),
      encodeURIComponent(value).toLowerCase(),
      encodeURIComponent(value).replaceAll('%20', '+'),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
    ];
    for (const spelling of spellings) expect(exact.redact(`x ${spelling} y`)).toBe('x **** y');
    for (const around of ['', 'u', 'us', 'user:', 'long prefix ']) {
      const encoded = Buffer.from(`${around}${value}${around}`).toString('base64');
      expect(exact.redact(encoded)).toContain('****');
      expect(Buffer.from(exact.redact(encoded).replace('****', ''), 'base64').toString('latin1')).not.toContain('quoted');
    }
  });

  it('[F1] takes, forgets and ignores values', () => {
    const changing = createRedactor();
    changing.add('abc');
    expect(changing.redact('abc')).toBe('abc');
    changing.add('temporary-value');
    changing.add('temporary-value');
    changing.add('temporary-value-and-more');
    expect(changing.redact('temporary-value-and-more temporary-value')).toBe('**** ****');
    expect(changing.containsSecret(Buffer.from('... temporary-value'))).toBe(true);
    changing.remove('temporary-value');
    changing.remove('temporary-value-and-more');
    expect(changing.redact('temporary-value')).toBe('temporary-value');
    expect(changing.containsSecret(Buffer.from('temporary-value'))).toBe(false);
    changing.add('lone \ud800 surrogate');
    expect(changing.redact('lone \ud800 surrogate')).toBe('****');
  });

  it('[F1] finds an exact value at any place among any number of others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 6, maxLength: 40, unit: 'binary' }), { minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 80 }),
        fc.string({ maxLength: 80 }),
        (values, before, after) => {
          const many = createRedactor({ secrets: values });
          const value = values[0] ?? '';
          expect(many.redact(before + value + after)).toContain('****');
          expect(many.containsSecret(Buffer.from(before + value + after))).toBe(true);
          expect(many.containsSecret(Buffer.from(before + JSON.stringify(value) + after))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('containsSecret agrees with a plain search', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 });
    const value = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 6, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), text, (values, haystack) => {
        expect(createRedactor({ secrets: values }).containsSecret(Buffer.from(haystack))).toBe(
          values.some((one) => haystack.includes(one)),
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('[F1] keeps JSON valid, hides the exact value and never throws', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...samples,
        ...harmless,
        'password=',
        'secret: "',
        "token='",
        '\\',
        '"',
        "'",
        '://',
        '@',
        '?key=',
        '&',
        '-----BEGIN PRIVATE KEY-----',
        'Bearer ',
        'authorization:',
        '\n',
        '_KEY=',
      ),
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constant(null),
        text.map((inner) => JSON.stringify({ inner })),
        fc.dictionary(fc.oneof(fc.constantFrom('password', 'token', 'x-api-key', 'note'), text), tie('node')),
        fc.array(tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(value, (content) => {
        const line = redactor.redact(JSON.stringify({ content, last: 1 }));
        expect(() => JSON.parse(line) as unknown).not.toThrow();
        expect(line).not.toContain(known);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    '-eyJ',
    'eyJaaaaaa.',
    'sk-',
    'sk-a ',
    'sk-ant-',
    'Bearer ',
    'a:',
    '://',
    '://a:',
    'a@',
    'password="',
    'password=\\"',
    'secret=\'"',
    '_KEY=',
    'authorization: ',
    '\\',
    '\\"',
    '"token" , ',
    'ghp_aaaa',
    '?key=',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----"',
    '-----END ',
    'AKIAAAAA',
    ' ',
  ])('[F1] stays linear on a hostile run of %j', (unit) => {
    const time = (size: number) => {
      const text = `authorization${unit.repeat(size / unit.length)}`;
      const start = performance.now();
      redactor.redact(text);
      return performance.now() - start;
    };
    time(10_000);
    // Quadratic work on 600 kB takes minutes; linear work a few hundredths of a second.
    expect(time(600_000)).toBeLessThan(5000);
  });
});
