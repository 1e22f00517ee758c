import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRedactor, kernelErrors, systemClock } from '@ccproxy/kernel';
import { expect, it } from 'vitest';
import { createAccessLog, createLogger, createLogSink } from './index.js';

const body = 'Cn4ryV4lue'.repeat(4);
/** Twelve kinds of secrets; the last two have no shape of their own and are known by value. */
const canaries = [
  `sk-ant-api03-${body}`,
  `sk-ant-oat01-${body}`,
  `sk-proj-${body}`,
  `sk-or-v1-${body}`,
  `AIza${body}`,
  `ya29.${body}`,
  `ghp_${body}`,
  `gsk_${body}`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIi${body}.${body}`,
  `xoxb-${body}`,
  `plain-gateway-token-${body}`,
  `pässwörd "${body}"`,
];

it('[A5][F1] twelve kinds of keys in every place of the log at trace level: none is in the files', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-canary-'));
  const redactor = createRedactor({ secrets: canaries.slice(-2) });
  const sink = await createLogSink({
    file: path.join(dir, 'ccproxy.log'),
    redactor,
    clock: systemClock,
    rotate: { maxBytes: 20_000, keep: 1000 },
  });
  const live: string[] = [];
  sink.subscribe((line) => void live.push(line));
  const logger = createLogger({ sink, level: 'trace' });
  const access = createAccessLog({ sink, clock: systemClock });

  for (const key of canaries) {
    const cause = new Error(`upstream said: invalid key ${key}`);
    const places: object[] = [
      { headers: { 'x-api-key': key, authorization: `Bearer ${key}`, cookie: `a=1; sid=${key}` } },
      { rawHeaders: ['x-api-key', key, 'authorization', `Bearer ${key}`] },
      {
        url: `https://api.example.com/v1?key=${encodeURIComponent(key)}&alt=sse`,
        proxy: `http://user:${encodeURIComponent(key)}@proxy:3128`,
      },
      { body: JSON.stringify({ api_key: key, nested: JSON.stringify({ refresh_token: key }) }) },
      { env: `ANTHROPIC_API_KEY=${key}\nNEXT=1`, argv: ['--key', key] },
      { encoded: Buffer.from(key).toString('base64'), hex: Buffer.from(key).toString('hex'), [key]: 'as a name' },
      { err: kernelErrors.CCP_INTERNAL({ message: `failed with ${key}`, cause, hint: `use ${key}` }) },
      { deep: { list: [{ password: key }, [[key]]] } },
    ];
    for (const fields of places)
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
        logger.child({ token: key })[level](fields, `message with ${key}`);
    access.write({
      requestId: key,
      method: 'POST',
      path: `/v1/${key}?key=${key}`,
      status: 500,
      durationMs: 1,
      outcome: 'error',
      model: key,
      sessionId: key,
      principal: key,
    });
    sink.write(`a raw line of a child process: ${key}`);
  }
  access.flush();
  await sink.close();

  const names = await readdir(dir);
  const text = (await Promise.all(names.map((name) => readFile(path.join(dir, name), 'utf8')))).join('') + live.join('\n');
  expect(names.length).toBeGreaterThan(2);
  expect(text.split('\n').length).toBeGreaterThan(500);
  const spellings = (key: string) => [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key)];
  const encoded = canaries.slice(-2).flatMap((key) => [Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex')]);
  for (const form of [...canaries.flatMap(spellings), ...encoded, body]) expect(text).not.toContain(form);
  for (const line of text.split('\n').filter((one) => one.startsWith('{'))) expect(() => JSON.parse(line) as unknown).not.toThrow();
  await rm(dir, { recursive: true });
});
