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
});
