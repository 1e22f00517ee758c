import { expect, it } from 'vitest';
import { findSecrets, newCanaryKey } from './find-secrets.ts';

const tail = 'Zq7'.repeat(12);

it.each([
  `sk-ant-api03-${tail}`,
  `sk-proj-${tail}`,
  `sk-or-v1-${tail}`,
  `AIza${tail}`,
  `ghp_${tail}`,
  `{"authorization":"Bearer ${tail}"}`,
  `https://user:${tail}@proxy.example:3128`,
  '-----BEGIN RSA PRIVATE KEY-----',
])('finds what looks like a secret: %s', (text) => {
  expect(findSecrets(`first line\n${text}\nlast line`)).not.toEqual([]);
});

it.each([
  'claude-sonnet-4-5-20250929',
  'authorization: ****',
  'Bearer [REDACTED]',
  'input_tokens: 1234',
  'request-id: req_011CV5J4YZo4J3KLTDZgDN7S',
  'http://127.0.0.1:4000/health',
  'task-runner-abcdefghijklmnop',
])('leaves innocent text alone: %s', (text) => {
  expect(findSecrets(text)).toEqual([]);
});

it('finds a known value in every form a program may have turned it into', () => {
  const canary = newCanaryKey('plain/token+');
  const bytes = Buffer.from(canary);
  for (const form of [canary, encodeURIComponent(canary), bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) {
    expect(findSecrets(`a=${form}`, [canary])).toContainEqual({ kind: 'known', line: `a=${form}`.slice(0, 200) });
  }
});

it('gives a new canary every time', () => {
  expect(newCanaryKey()).not.toBe(newCanaryKey());
});
