import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptStep } from './script-step.ts';
import { type FakeAnthropic, startFakeAnthropic } from './start-fake-anthropic.ts';

let fake: FakeAnthropic;
beforeEach(async () => {
  fake = await startFakeAnthropic();
});
afterEach(() => fake.close());

const request = (content: unknown, more: Readonly<Record<string, unknown>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': 'dummy-key-value' },
  body: JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user', content }], ...more }),
});
const ask = (content: unknown, more?: Readonly<Record<string, unknown>>): Promise<Response> =>
  fetch(`${fake.url}/v1/messages`, request(content, more));
const events = (stream: string): string[] => [...stream.matchAll(/^event: (.*)$/gm)].map((match) => match[1] ?? '');

describe('unscripted requests', () => {
  it('echo what the user typed last', async () => {
    const answer = (await (await ask('hello')).json()) as { content: unknown; stop_reason: string };
    expect(answer.content).toEqual([{ type: 'text', text: 'FAKE_OK: hello' }]);
    expect(answer.stop_reason).toBe('end_turn');
  });

  it('skip system reminders and read tool results', async () => {
    const typed = [
      { type: 'text', text: 'real' },
      { type: 'text', text: '<system-reminder>x</system-reminder>' },
    ];
    expect(await (await ask(typed)).text()).toContain('FAKE_OK: real');
    const result = [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'done' }] }];
    expect(await (await ask(result)).text()).toContain('TOOL_RESULT: done');
  });

  it('stream the events the API sends, in its order', async () => {
    const text = await (await ask('[[say:one two three four]]', { stream: true })).text();
    expect(events(text).filter((name) => name !== 'content_block_delta')).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const parts = [...text.matchAll(/"text_delta","text":"(.*?)"/g)].map((match) => match[1]);
    expect(parts.join('')).toBe('one two three four');
    expect(fake.messages()[0]?.events).toBe(events(text).length);
  });

  it('follow magic prompts: tools, thinking, long texts', async () => {
    const tools = [{ name: 'Bash', input_schema: {} }];
    const answer = (await (await ask('[[think:hm]] [[tool:Bash {"command":"echo hi"}]]', { tools })).json()) as {
      content: { type: string; input?: unknown }[];
      stop_reason: string;
    };
    expect(answer.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(answer.content[2]?.input).toEqual({ command: 'echo hi' });
    expect(answer.stop_reason).toBe('tool_use');
    expect(await (await ask('[[long:3]]')).text()).toContain('word0 word1 word2');
  });

  it('answer a JSON schema with a document that fits', async () => {
    const format = { type: 'json_schema', schema: { properties: { title: { type: 'string' }, n: { type: 'integer' } } } };
    const answer = (await (await ask('x', { output_config: { format } })).json()) as { content: { text: string }[] };
    expect(JSON.parse(answer.content[0]?.text ?? '')).toEqual({ title: 'fake', n: 0 });
  });
});

describe('faults', () => {
  it.each([
    ['400', 400],
    ['429', 429],
    ['529', 529],
    ['html', 502],
  ])('%s before the head is HTTP %i', async (fault, status) => {
    expect((await ask(`[[fault:${fault}]]`)).status).toBe(status);
  });

  it('a magic model fails as often as it says', async () => {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('x', { model: 'claude-fault-529-2' })).status);
    expect(statuses).toEqual([529, 529, 200]);
  });

  it.each(['reset', 'reset-mid'])('%s tears the connection', async (fault) => {
    await expect(ask(`[[fault:${fault}]]`, { stream: true }).then((response) => response.text())).rejects.toThrow(
      /fetch failed|terminated/,
    );
  });

  it.each([
    ['eof-mid', 'content_block_delta'],
    ['sse-error', 'error'],
    ['sse-error-first', 'error'],
  ])('%s ends a stream with %s', async (fault, last) => {
    expect(events(await (await ask(`[[fault:${fault}]]`, { stream: true })).text()).at(-1)).toBe(last);
  });

  it('hang sends no head until the client gives up', async () => {
    await expect(fetch(`${fake.url}/v1/messages`, { ...request('[[fault:hang]]'), signal: AbortSignal.timeout(200) })).rejects.toThrow(
      'timeout',
    );
  });

  it('an unknown fault is an error a test sees', async () => {
    const response = await ask('[[fault:no-such]]');
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('unknown fault');
  });
});

describe('scripts', () => {
  it('are used in order, each step as often as it repeats, and only where it matches', async () => {
    const steps: ScriptStep[] = [
      { when: { model: 'opus' }, text: 'for opus' },
      { text: 'first', repeat: 2 },
      { status: 503, error: { message: 'no' }, headers: { 'retry-after': '7' } },
    ];
    fake.script(steps);
    const bodies = [await ask('a'), await ask('b'), await ask('c', { model: 'claude-opus-5-5' })];
    expect(
      await Promise.all(bodies.map(async (body) => ((await body.json()) as { content: { text: string }[] }).content[0]?.text)),
    ).toEqual(['first', 'first', 'for opus']);
    const failed = await ask('d');
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await (await ask('e')).text()).toContain('FAKE_OK: e');
  });

  it('send keep-alives before the message and inside it', async () => {
    fake.script([{ text: 'a long enough text for three deltas', pre: { count: 2, ms: 1 }, mid: { count: 1, ms: 1, kind: 'comment' } }]);
    const text = await (await ask('x', { stream: true })).text();
    expect(events(text).slice(0, 3)).toEqual(['ping', 'ping', 'message_start']);
    expect(text).toContain(': keepalive\n\n');
  });

  it('raw answers are sent as they are', async () => {
    fake.script([{ raw: 'data: nonsense\n\n', headers: { 'x-odd': '1' } }]);
    const response = await ask('x', { stream: true });
    expect([await response.text(), response.headers.get('x-odd')]).toEqual(['data: nonsense\n\n', '1']);
  });
});

describe('the log', () => {
  it('keeps bytes, headers in wire order and the outcome, and no secret', async () => {
    await (await ask('hello')).text();
    const [entry] = fake.messages();
    expect(JSON.parse(entry?.rawBody.toString() ?? '')).toEqual(entry?.body);
    expect(entry).toMatchObject({ method: 'POST', path: '/v1/messages', status: 200, end: 'finished' });
    const key = entry?.headers.find(([name]) => name.toLowerCase() === 'x-api-key')?.[1];
    expect(key).toMatch(/^\*\*\*\(len=15,sha256=[0-9a-f]{8}\)$/);
  });

  it('says when the client left early', async () => {
    fake.script([{ text: 'slow answer, many deltas', chunk_ms: 50 }]);
    const abort = new AbortController();
    const response = await fetch(`${fake.url}/v1/messages`, { ...request('x', { stream: true }), signal: abort.signal });
    await response.body?.getReader().read();
    expect(fake.open()).toBe(1);
    abort.abort();
    await expect.poll(() => fake.messages()[0]?.end).toBe('closed-early');
    expect(fake.open()).toBe(0);
  });

  it('numbers requests from 1 again after a reset', async () => {
    await ask('a');
    await ask('b');
    fake.reset();
    expect((await ask('c')).headers.get('request-id')).toBe('req_fake00000001');
  });

  it('shows a compressed body as JSON', async () => {
    const body = gzipSync(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'zipped' }] }));
    const response = await fetch(`${fake.url}/v1/messages`, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body });
    expect(await response.text()).toContain('FAKE_OK: zipped');
  });
});

describe('other endpoints', () => {
  it('count tokens, list models, refuse the rest in Anthropic form', async () => {
    const counted = await fetch(`${fake.url}/v1/messages/count_tokens`, { method: 'POST', body: 'x'.repeat(400) });
    expect(await counted.json()).toEqual({ input_tokens: 100 });
    const models = (await (await fetch(`${fake.url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map((model) => model.id)).toContain('claude-opus-5-5');
    expect(await (await fetch(`${fake.url}/v1/models/some%2Fname`)).json()).toMatchObject({ id: 'some/name' });
    const missing = await fetch(`${fake.url}/v1/nothing`);
    expect([missing.status, ((await missing.json()) as { error: { type: string } }).error.type]).toEqual([404, 'not_found_error']);
  });

  it('bad JSON is a 400', async () => {
    expect((await fetch(`${fake.url}/v1/messages`, { method: 'POST', body: '{' })).status).toBe(400);
  });
});
