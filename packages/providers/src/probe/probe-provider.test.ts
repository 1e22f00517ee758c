import type { ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { type Behaviour, FakeUpstream } from '../testing/fake-upstream.js';
import { probeProvider } from './probe-provider.js';

const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random };
const open: FakeUpstream[] = [];
afterEach(() => Promise.all(open.splice(0).map((fake) => fake.close())));

interface Asked {
  readonly [field: string]: unknown;
  readonly tools?: unknown[];
  readonly messages: { content: unknown }[];
}

/** A chat server that answers what `model` makes of a request: the message, or a refusal. */
const chat = async (model: (asked: Asked) => { message: object; finish?: string } | string): Promise<FakeUpstream> => {
  const behaviour: Behaviour = ({ request, response }) => {
    const made = model(JSON.parse(request.body.toString('utf8')) as Asked);
    const body =
      typeof made === 'string'
        ? { error: { message: made, type: 'invalid_request_error' } }
        : {
            id: 'c',
            object: 'chat.completion',
            choices: [{ index: 0, message: { role: 'assistant', ...made.message }, finish_reason: made.finish ?? 'stop' }],
          };
    response.writeHead(typeof made === 'string' ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  return fake;
};

const config = (baseUrl: string, type: ProviderConfig['type'] = 'openai'): ProviderConfig => ({
  name: 'p',
  type,
  baseUrl,
  auth: { kind: 'none' },
  timeouts: { connect: 1000, firstByte: 5000, idle: 5000, total: 10_000 },
  unavailable: undefined,
});

const never = new AbortController().signal;
const call = {
  message: {
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_time', arguments: '{"city":"Oslo"}' } }],
  },
  finish: 'tool_calls',
};
const hasImage = ({ messages }: Asked): boolean => JSON.stringify(messages).includes('image_url');

describe('probeProvider', () => {
  it('[C12] finds what a modern reasoning model can and cannot do', async () => {
    const fake = await chat((asked) => {
      if (asked['max_tokens'] !== undefined) return "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
      if (asked['temperature'] !== undefined) return "Unsupported value: 'temperature'";
      if (asked['parallel_tool_calls'] !== undefined) return 'parallel_tool_calls is not supported';
      if (asked.tools !== undefined) return call;
      if (hasImage(asked)) return { message: { content: 'It is Red.' } };
      if (asked['max_completion_tokens'] === 16) return { message: { content: '1 2 3' }, finish: 'length' };
      if (asked['reasoning_effort'] !== undefined) return { message: { content: '391', reasoning_content: '17 * 23 …' } };
      return { message: { content: 'pong' } };
    });
    const report = await probeProvider({ ...config(fake.url) }, 'gpt-5-mini', deps, never);
    expect(report.failure).toBeUndefined();
    expect(report.measured).toEqual({
      maxTokens: 'max_completion_tokens',
      tools: true,
      toolChoice: true,
      parallelTools: false,
      images: true,
      temperature: false,
      reasoning: 'effort',
      reasoningField: 'reasoning_content',
    });
    expect(report.calls).toBe(fake.seen.length);
    expect(report.lines).toEqual([
      'capabilities:',
      '  "p/gpt-5-mini": { maxTokens: max_completion_tokens, tools: true, toolChoice: true, parallelTools: false, images: true, temperature: false, reasoning: effort, reasoningField: reasoning_content }',
    ]);
  });

  it('finds that a plain model calls no tools, sees nothing and does not think', async () => {
    const fake = await chat((asked) => {
      if (asked.tools !== undefined && asked['tool_choice'] !== undefined && asked['tool_choice'] !== 'auto')
        return 'tool_choice is not supported';
      if (hasImage(asked)) return { message: { content: 'I see no image.' } };
      if (asked['reasoning_effort'] !== undefined || asked['thinking'] !== undefined) return 'unknown field';
      return { message: { content: 'pong' }, finish: asked['max_tokens'] === 16 ? 'length' : 'stop' };
    });
    const { measured } = await probeProvider(config(fake.url), 'plain', deps, never);
    expect(measured).toEqual({ maxTokens: 'max_tokens', tools: false, images: false, temperature: true, reasoning: 'none' });
  });

  it('says why a model does not answer, and asks no more', async () => {
    const fake = await chat(() => 'the model is not known here');
    const report = await probeProvider(config(fake.url), 'missing', deps, never);
    open.length = 0;
    expect(report).toMatchObject({ failure: 'the model is not known here', measured: {}, calls: 1, lines: [] });
    const { url } = fake;
    await fake.close();
    const gone = await probeProvider(config(url), 'missing', deps, never);
    expect(gone.failure).toContain('not reachable');
  });

  it('leaves out what a busy provider did not let it see, and stops when told to', async () => {
    let calls = 0;
    const busy = await FakeUpstream.listen(({ response }) => {
      calls += 1;
      if (calls > 1) response.writeHead(429).end('{"error":{"message":"slow down"}}');
      else response.writeHead(200).end('{"choices":[{"message":{"content":"pong"},"finish_reason":"stop"}]}');
    });
    open.push(busy);
    expect((await probeProvider(config(busy.url), 'm', deps, never)).measured).toEqual({});
    const hanging = await FakeUpstream.listen(() => undefined);
    open.push(hanging);
    const stop = new AbortController();
    const probe = probeProvider(config(hanging.url), 'm', deps, stop.signal);
    await expect.poll(() => hanging.seen.length).toBe(1);
    stop.abort(new Error('enough'));
    await expect(probe).rejects.toThrow('enough');
    await expect.poll(() => hanging.open).toBe(0);
  });

  it('measures a provider that passes requests through, without lines nobody would read', async () => {
    const report = await probeProvider({ ...config('x', 'demo'), baseUrl: undefined }, 'claude-demo', deps, never);
    expect(report).toMatchObject({ failure: undefined, measured: { images: false, temperature: true }, lines: [] });
  });
});
