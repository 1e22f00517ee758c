import { Anthropic, AnthropicError, APIError } from '@anthropic-ai/sdk';
import { waitFor } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWorld, openClientWorld, type Scenario } from './client-world.ts';
import { expectSame, showRow } from './expect-same.ts';
import type { SeenRun } from './normalise.ts';
import { recentLedger } from './recent-ledger.ts';
import type { Side } from './side.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const question = { model: 'claude-sonnet-5-5', max_tokens: 200, messages: [{ role: 'user' as const, content: 'hello' }] };

/** What a call of the SDK came to: its value, or the class of its error and what a program reads from it; a headline before both. */
const outcome = async (call: () => Promise<unknown>): Promise<SeenRun> => {
  try {
    return { code: 0, signal: null, stdout: `answered\n${JSON.stringify(await call())}`, stderr: '' };
  } catch (error) {
    if (!(error instanceof AnthropicError)) throw error;
    const { status, requestID, type } = error instanceof APIError ? error : {};
    const seen = { error: error.constructor.name, status, type, requestID, message: error.message };
    return { code: 1, signal: null, stdout: `${seen.error}\n${JSON.stringify(seen)}`, stderr: '' };
  }
};

/** A call of the SDK as a scenario. */
const calls = (call: (client: Anthropic, side: Side) => Promise<unknown>, more: Partial<Scenario> = {}): Scenario => ({
  ...more,
  act: (side) => outcome(() => call(new Anthropic({ baseURL: side.url, apiKey: 'dummy-key-of-the-sdk', maxRetries: 1 }), side)),
});

const statuses = [
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'PermissionDeniedError'],
  [404, 'NotFoundError'],
  [413, 'ContentTooLargeError'],
  [429, 'RateLimitError'],
  [500, 'InternalServerError'],
  [529, 'OverloadedError'],
] as const;

describe('@anthropic-ai/sdk', () => {
  it('[C12] messages.create', async (context) => {
    const seen = await world.compare(calls((client) => client.messages.create(question)));
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('FAKE_OK: hello');
  });

  it('[C12] messages.stream, tools and thinking', async (context) => {
    const script = [{ thinking: 'let me see', text: 'Here.', tool_use: { name: 'look', input: { at: ['ü', 1, null] } } }];
    const tools = [{ name: 'look', input_schema: { type: 'object' as const } }];
    const seen = await world.compare(
      calls(
        async (client) => {
          const stream = client.messages.stream({ ...question, tools });
          const events: unknown[] = [];
          for await (const event of stream) events.push(event);
          return { events, message: await stream.finalMessage() };
        },
        { script },
      ),
    );
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('"stop_reason":"tool_use"');
  });

  it('[C11] messages.countTokens', async (context) => {
    const { max_tokens: _max, ...counted } = question;
    const seen = await world.compare(calls((client) => client.messages.countTokens(counted)));
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toMatch(/"input_tokens":\d+/);
  });

  it('[C11] models.list: the targets of the gateway, in the shape of the API', async (context) => {
    const seen = await world.compare(calls(async (client) => (await client.models.list()).data));
    showRow(context, seen, 'its own list');
    expect(seen.through.requests).toEqual([]);
    const shape = (text = '\n[]'): string[][] =>
      (JSON.parse(text.slice(text.indexOf('\n'))) as object[]).map((model) => Object.keys(model).toSorted());
    const [direct, through] = [seen.direct, seen.through].map(({ runs }) => shape(runs[0]?.stdout)[0]);
    expect(through).toEqual(direct);
    expect(seen.through.runs[0]?.stdout).toContain('"id":"claude-via-fast"');
  });

  it('[C12] models.retrieve and an endpoint that is not there', async (context) => {
    const seen = await world.compare({
      act: async (side) => {
        const client = new Anthropic({ baseURL: side.url, apiKey: 'dummy-key-of-the-sdk', maxRetries: 0 });
        return [
          await outcome(() => client.models.retrieve('claude-opus-5-5')),
          await outcome(async () => (await client.messages.batches.list()).data),
        ];
      },
    });
    expectSame(context, seen);
    expect(seen.through.runs[1]?.stdout).toContain('NotFoundError');
  });

  for (const [status, name] of statuses) {
    it(`[C12 F1] ${status} is a ${name}`, async (context) => {
      const script = [{ status, repeat: 0, headers: { 'retry-after-ms': '10' } }];
      const seen = await world.compare(calls((client) => client.messages.create(question), { script }));
      expectSame(context, seen);
      expect(seen.through.runs[0]?.stdout).toContain(`"error":"${name}"`);
    });
  }

  it('[C12 F1] an error event inside the stream', async (context) => {
    const script = [{ fault: 'sse-error' as const, repeat: 0 }];
    const seen = await world.compare(calls((client) => client.messages.stream(question).finalMessage(), { script }));
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('Overloaded');
  });

  it('[C17 F1] abort inside a stream', async (context) => {
    const seen = await world.compare(
      calls(
        async (client) => {
          const stream = client.messages.stream(question);
          stream.on('text', (_delta, snapshot) => void (snapshot.length > 20 && stream.abort()));
          return stream.finalMessage();
        },
        { script: [{ fault: 'hang-mid', repeat: 0 }] },
      ),
    );
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('APIUserAbortError');
    expect(seen.through.requests.map(({ end }) => end)).toEqual(['closed-early']);
    await waitFor(async () => (await recentLedger(world.daemonHome.stateDir, 1))[0]?.outcome === 'aborted', { what: 'the row' });
  });

  it('[C17 F1] abort before the answer', async (context) => {
    const seen = await world.compare(
      calls(
        async (client) => {
          const controller = new AbortController();
          const answer = client.messages.create(question, { signal: controller.signal });
          void waitFor(() => world.upstream.open() === 1).then(() => controller.abort());
          return answer;
        },
        { script: [{ fault: 'hang', repeat: 0 }] },
      ),
    );
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('APIUserAbortError');
    await waitFor(async () => (await recentLedger(world.daemonHome.stateDir, 1))[0]?.outcome === 'aborted', { what: 'the row' });
  });
});
