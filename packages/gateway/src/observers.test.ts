import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendError } from '@ccproxy/providers/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
const dir = mkdtempSync(join(tmpdir(), 'ccp-observe-'));
afterEach(() => bed.close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Appends what it is told to a file, one JSON text to a line. */
const writes = (file: string): string =>
  `import { appendFileSync } from 'node:fs';
  export default async (told) => { appendFileSync(${JSON.stringify(file)}, JSON.stringify(told) + '\\n'); return { any: 'thing' }; };`;

const told = (file: string): Readonly<Record<string, unknown>>[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    : [];

const observer = (name: string, source: string, rest: { readonly timeout?: number; readonly body?: boolean } = {}) => {
  const module = join(dir, `${name}.mjs`);
  writeFileSync(module, source);
  return { name, module, timeout: 20_000, body: false, ...rest };
};

async function world(...observers: readonly ReturnType<typeof observer>[]) {
  const upstream = await bed.upstream();
  const gateway = await bed.gateway({
    providers: [providerConfig('first', upstream.url)],
    models: [target('default', 'first')],
    plugins: { routing: {}, observers: Object.fromEntries(observers.map((each) => [each.name, each])) },
  });
  const health = () => gateway.module.health?.() as { readonly observers: readonly { name: string; lastFailure: string | null }[] };
  return { gateway, upstream, health };
}

const prompt = messageBody({ messages: [{ role: 'user', content: 'a private thing' }] });

describe('observers', () => {
  it('[C26] are told what a request was and what became of it, and nothing of what was said', async () => {
    const file = join(dir, 'features');
    const { gateway, upstream, health } = await world(observer('watch', writes(file)));
    const answer = await gateway.ask({ body: prompt, headers: { authorization: 'Bearer sk-ant-secret', 'x-team': 'blue' } });
    await expect.poll(() => told(file)).toHaveLength(1);
    expect(told(file)[0]).toMatchObject({
      requestId: answer.headers['x-ccproxy-request-id'],
      request: { model: 'claude-x', stream: true, headers: { 'x-team': 'blue' } },
      route: 'default',
      target: 'default',
      provider: 'first',
      attempts: 1,
      outcome: 'ok',
      status: 200,
      usage: { inputTokens: 25, outputTokens: 15 },
      bytesOut: answer.body.length,
    });
    expect(readFileSync(file, 'utf8')).not.toMatch(/private thing|sk-ant|Hello/);
    upstream.behaviour = (exchange) => sendError(exchange, 400, 'invalid_request_error');
    await gateway.ask({ body: prompt });
    await expect.poll(() => told(file)).toHaveLength(2);
    expect(told(file)[1]).toMatchObject({ outcome: 'error', status: 400 });
    expect(health().observers).toEqual([{ name: 'watch', resting: null, lastFailure: null }]);
  });

  it('[C26] get the body when the configuration says so', async () => {
    const file = join(dir, 'bodies');
    const { gateway } = await world(observer('reads', writes(file), { body: true }));
    await gateway.ask({ body: prompt });
    await expect.poll(() => told(file)[0]).toMatchObject({ body: { messages: [{ role: 'user', content: 'a private thing' }] } });
  });

  it('[C26] one that fails is left alone and named; requests and the others know nothing of it', async () => {
    const file = join(dir, 'beside');
    const { gateway, health } = await world(
      observer('good', writes(file)),
      observer('throws', 'export default () => { throw new Error("no such day"); };'),
      observer('hangs', 'export default () => { for (;;); };', { timeout: 50 }),
      observer('broken', 'export default ('),
    );
    for (let count = 0; count < 6; count += 1) expect((await gateway.ask()).status).toBe(200);
    await expect.poll(() => told(file), { timeout: 20_000 }).toHaveLength(6);
    const failure = (name: string) => health().observers.find((each) => each.name === name)?.lastFailure;
    await expect.poll(() => failure('throws')).toBe('no such day');
    await expect.poll(() => failure('hangs')).toBe('it did not answer within 50 ms');
    await expect.poll(() => failure('broken')).toContain('it cannot be loaded');
    await expect.poll(() => health().observers.find(({ name }) => name === 'throws')).toMatchObject({ resting: 30 });
    expect(failure('good')).toBeNull();
  });
});
