import { type BehaviourName, behaviours, FakeUpstream, messageDocument, messageFrames } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import {
  type Answer,
  type Gateway,
  type HarnessOptions,
  messageBody,
  providerConfig,
  startGateway,
  target,
} from './testing/gateway-harness.js';

const timeouts = { connect: 1000, firstByte: 400, idle: 400, total: 20_000 };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});
const keep = async <Item extends { close(): Promise<void> }>(item: Promise<Item>): Promise<Item> => {
  const made = await item;
  open.push(made);
  return made;
};
const upstream = (name: BehaviourName): Promise<FakeUpstream> => keep(FakeUpstream.listen(behaviours[name]));
const gateway = (options: HarnessOptions): Promise<Gateway> => keep(startGateway(options));

/** One provider, or two with the second as the fallback. */
const between = async (name: BehaviourName, second?: FakeUpstream): Promise<{ gate: Gateway; fake: FakeUpstream }> => {
  const fake = await upstream(name);
  const fallback = second === undefined ? [] : ['spare'];
  const gate = await gateway({
    providers: [providerConfig('a', fake.url, { timeouts }), providerConfig('b', second?.url ?? fake.url, { timeouts })],
    models: [target('default', 'a', { fallback }), target('spare', 'b')],
  });
  return { gate, fake };
};

/** Breaks the stream protocol at the provider; passed on as it is, the client judges it. */
const brokenByProvider: ReadonlySet<string> = new Set(['broken-json', 'delta-before-start', 'two-endings']);

/** What every answer must be, whatever the provider did. */
const verdict = (answer: Answer, name: string): string => {
  if (answer.status >= 400) {
    const { type, error } = answer.json() as { type?: unknown; error?: { type?: unknown; message?: unknown } };
    return type === 'error' && typeof error?.type === 'string' && typeof error.message === 'string' ? 'error' : 'not an Anthropic error';
  }
  if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
    const violations = brokenByProvider.has(name) ? [] : checkStream(answer.body);
    if (violations.length > 0) return violations.join('; ');
    return answer.text.includes('\nevent: error') || answer.text.startsWith('event: error') ? 'stream with error' : 'stream';
  }
  if (answer.torn) return 'a torn document';
  return (answer.json() as { type?: unknown }).type === 'message' ? 'message' : 'not a message';
};

describe('errors before the head', () => {
  it.each(['error-400', 'error-401', 'error-413', 'error-500', 'error-529', 'error-429', 'error-429-giant', 'error-429-word'] as const)(
    '[F1] row 56: %s of an Anthropic provider passes unchanged',
    async (name) => {
      const { gate, fake } = await between(name);
      const direct = await fetch(`${fake.url}/v1/messages`, { method: 'POST', body: messageBody() });
      const answer = await gate.ask();
      expect(answer.status).toBe(direct.status);
      expect(answer.text).toBe(await direct.text());
      for (const header of ['retry-after', 'x-should-retry', 'request-id'])
        expect(answer.headers[header] ?? null).toBe(direct.headers.get(header));
      expect(gate.ledger.rows).toMatchObject([{ outcome: 'error', httpStatus: direct.status, errorCode: `HTTP_${direct.status}` }]);
    },
  );

  it.each([
    ['html-502', 502],
    ['plain-500', 500],
  ] as const)('[F1] row 64: %s becomes an Anthropic error of the same status', async (name, status) => {
    const { gate } = await between(name);
    const answer = await gate.ask();
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });

  it.each(['html-200', 'null-200', 'truncated-json', 'empty-200', 'giant-json'] as const)(
    '[F1] rows 62, 64: %s is a 502 with a code',
    async (name) => {
      const { gate } = await between(name);
      const answer = await gate.ask({ body: messageBody({ stream: false }) });
      expect(answer.status).toBe(502);
      expect(answer.headers['x-ccproxy-error']).toBe('CCP_GATEWAY_BAD_ANSWER');
    },
  );

  it.each([
    ['hang-before-head', 504, 'CCP_UPSTREAM_TIMEOUT_FIRST_BYTE'],
    ['hang-after-head', 504, 'CCP_UPSTREAM_TIMEOUT_FIRST_BYTE'],
    ['reset-at-once', 502, 'CCP_UPSTREAM_RESET'],
    ['head-then-reset', 502, 'CCP_UPSTREAM_RESET'],
    ['garbage', 502, 'CCP_UPSTREAM_MALFORMED'],
  ] as const)('[F1] rows 53-54: %s is a %i with %s', async (name, status, code) => {
    const { gate } = await between(name);
    const answer = await gate.ask();
    expect(answer.status).toBe(status);
    expect(answer.headers['x-ccproxy-error']).toBe(code);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'error', errorCode: code }]);
  });
});

describe('after the commit point', () => {
  it.each([
    ['reset-midway', 'CCP_UPSTREAM_RESET'],
    ['end-midway', 'CCP_GATEWAY_CUT'],
    ['hang-midway', 'CCP_UPSTREAM_TIMEOUT_IDLE'],
    ['no-message-stop', 'CCP_GATEWAY_CUT'],
    ['line-bomb', 'CCP_GATEWAY_EVENT_TOO_LARGE'],
  ] as const)('[F1] row 55: %s ends with an error event, without a second attempt or a false end', async (name, code) => {
    const spare = await upstream('healthy');
    const { gate, fake } = await between(name, spare);
    const answer = await gate.ask();
    expect(answer.status).toBe(200);
    expect(verdict(answer, name)).toBe('stream with error');
    expect(answer.text).not.toContain('message_stop');
    expect(fake.seen).toHaveLength(1);
    expect(spare.seen).toHaveLength(0);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'partial', errorCode: code, usage: { inputTokens: 25 } }]);
  });

  it('[F1] row 55: an error event of the provider passes as it came', async () => {
    const { gate } = await between('error-midway');
    const answer = await gate.ask();
    expect(answer.text).toContain('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n');
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'partial' }]);
  });

  it('an error event before any content passes as it came when there is no other target', async () => {
    const { gate } = await between('error-first');
    const answer = await gate.ask();
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n');
  });
});

describe('fallback', () => {
  it.each([
    'error-500',
    'error-503',
    'error-529',
    'error-429',
    'error-first',
    'error-after-start',
    'reset-at-once',
    'head-then-reset',
    'hang-before-head',
    'hang-after-head',
    'empty-200',
    'html-502',
    'garbage',
    'redirect-302',
  ] as const)('[C9] [F1] row 58: %s asks the next target, and both attempts have a row', async (name) => {
    const spare = await upstream('healthy');
    const { gate } = await between(name, spare);
    const answer = await gate.ask();
    expect(answer.text).toBe(messageFrames().join(''));
    expect(answer.headers).toMatchObject({ 'x-ccproxy-target': 'spare', 'x-ccproxy-attempts': '2' });
    expect(gate.ledger.rows).toMatchObject([
      { attempt: 1, target: 'default', outcome: 'error' },
      { attempt: 2, target: 'spare', outcome: 'ok' },
    ]);
    expect(spare.last.body.toString()).toBe(messageBody());
  });

  it.each(['html-200', 'null-200', 'truncated-json', 'short-body', 'reset-midway', 'two-content-lengths'] as const)(
    '[C9] a document that turns out bad is asked for elsewhere: %s',
    async (name) => {
      const { gate } = await between(name, await upstream('healthy'));
      expect((await gate.ask({ body: messageBody({ stream: false }) })).text).toBe(messageDocument());
    },
  );

  it.each(['error-400', 'error-401', 'error-413'] as const)('[C9] %s is never asked again elsewhere', async (name) => {
    const spare = await upstream('healthy');
    const { gate } = await between(name, spare);
    expect((await gate.ask()).status).toBe(Number(name.slice(6)));
    expect(spare.seen).toHaveLength(0);
  });

  it('[C9] the last failure is the answer when every target fails', async () => {
    const { gate } = await between('reset-at-once', await upstream('error-529'));
    const answer = await gate.ask();
    expect(answer.status).toBe(529);
    expect(answer.headers['x-ccproxy-attempts']).toBe('2');
    await expect.poll(() => gate.lines.length).toBe(1);
    expect(gate.lines).toMatchObject([{ outcome: 'error', attempts: 2, errorCode: 'HTTP_529' }]);
  });

  it('each attempt gets its own model, and the client’s bytes where the target has none', async () => {
    const first = await upstream('error-529');
    const second = await upstream('error-529');
    const third = await upstream('healthy');
    const gate = await gateway({
      providers: [providerConfig('a', first.url), providerConfig('b', second.url), providerConfig('c', third.url)],
      models: [
        target('default', 'a', { model: 'x', fallback: ['b', 'c'] }),
        target('b', 'b', { model: 'a-longer-model' }),
        target('c', 'c'),
      ],
    });
    const body = messageBody();
    await gate.ask({ body });
    expect(JSON.parse(first.last.body.toString())).toMatchObject({ model: 'x' });
    expect(JSON.parse(second.last.body.toString())).toMatchObject({ model: 'a-longer-model' });
    expect(third.last.body.toString()).toBe(body);
    expect(gate.ledger.rows.map((row) => row.upstreamModel)).toEqual(['x', 'a-longer-model', 'claude-x']);
  });
});

describe('cross-talk', () => {
  it('[F1] row 66: 300 marked requests between faults get their own answers', async () => {
    const mix = ['length-and-chunked', 'short-body', 'reset-midway', 'two-content-lengths', 'garbage'] as const;
    let count = 0;
    const fake = await keep(
      FakeUpstream.listen((exchange) => {
        count += 1;
        const fault = mix[count % 11];
        if (fault !== undefined) return behaviours[fault](exchange);
        const { mark } = JSON.parse(exchange.request.body.toString()) as { mark: string };
        exchange.response.writeHead(200, { 'content-type': 'application/json' });
        exchange.response.end(messageDocument().replace('Hello', mark));
        return undefined;
      }),
    );
    const gate = await gateway({ providers: [providerConfig('a', fake.url, { timeouts })], models: [target('default', 'a')] });
    let served = 0;
    for (let round = 0; round < 15; round += 1) {
      const marks = Array.from({ length: 20 }, (_, index) => `mark-${round}-${index}-`);
      const answers = await Promise.all(marks.map((mark) => gate.ask({ body: messageBody({ mark, stream: false }) })));
      for (const [index, answer] of answers.entries()) {
        const mine = answer.text.includes(marks[index] ?? '?');
        expect(answer.status === 200 ? mine : !answer.text.includes('mark-')).toBe(true);
        if (mine) served += 1;
      }
    }
    expect(served).toBeGreaterThan(100);
  });
});
