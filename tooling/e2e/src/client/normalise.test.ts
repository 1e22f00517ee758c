import type { LoggedRequest } from '@ccproxy-internal/test-kit';
import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';
import { normalise, type Observation } from './normalise.ts';
import { summarise } from './summarise.ts';

const request = (body: string, headers: LoggedRequest['headers'] = [], more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  n: 1,
  method: 'POST',
  url: '/v1/messages?beta=true',
  path: '/v1/messages',
  headers,
  rawBody: Buffer.from(body),
  body: undefined,
  status: 200,
  end: 'finished',
  ms: 1,
  events: 0,
  ...more,
});
const printing = (stdout: string) => ({ code: 0, signal: null, stdout, stderr: '' });
const one = '11111111-2222-4333-8444-555555555555';
const two = '22222222-2222-4333-8444-555555555555';

describe('what is made comparable', () => {
  const observe = (body: string, headers: LoggedRequest['headers'] = [], stdout = ''): Observation =>
    normalise([request(body, headers)], [printing(stdout)]);

  it('ids are numbered over everything a run did, so that equal ones stay equal', () => {
    const seen = observe(`${two} ${one} msg_fake0123456789abcdef0123`, [['x-session', one]], `${one} ${two}`);
    expect(seen.requests[0]?.headers).toEqual(['x-session: <uuid-1>']);
    expect(seen.requests[0]?.body).toBe('<uuid-2> <uuid-1> <id-1>');
    expect(seen.runs[0]?.stdout).toBe('<uuid-1> <uuid-2>');
  });

  it('times and ports go from the output, and from a request only where the client writes them', () => {
    const beta = 'interleaved-thinking-2025-05-14';
    const headers = [
      ['anthropic-beta', beta],
      ['x-claude-code-prev-tool-durations', 'Bash=742;Read=9'],
    ] as const;
    const seen = observe(
      `"max_tokens":64000 Today's date is 2026-11-20.`,
      headers,
      '"ttft_ms":12,"n":3 127.0.0.1:4711 2026-11-20T10:00:00.123Z',
    );
    expect(seen.requests[0]).toMatchObject({
      headers: [`anthropic-beta: ${beta}`, 'x-claude-code-prev-tool-durations: Bash=<ms>;Read=<ms>'],
      body: `"max_tokens":64000 Today's date is <date>.`,
    });
    expect(seen.runs[0]?.stdout).toBe('"ttft_ms":<ms>,"n":3 127.0.0.1:<port> <time>');
  });

  it('headers of the connection are left out, all others stay with their case and order', () => {
    const headers = [
      ['Host', 'a'],
      ['X-B', '1'],
      ['Accept-Encoding', 'br'],
      ['x-a', '2'],
      ['Content-Length', '5'],
    ] as const;
    expect(observe('', headers).requests[0]?.headers).toEqual(['X-B: 1', 'x-a: 2']);
  });
});

describe('differences', () => {
  const seen = normalise([request('{"a":1}', [['x-a', '1']])], [printing('hello')]);

  it('there are none between equal observations', () => {
    expect(differences(seen, structuredClone(seen))).toEqual([]);
  });

  it.each([
    ['requests', normalise([], [printing('hello')])],
    ['request 1, line', normalise([request('{"a":1}', [['x-a', '1']], { url: '/other' })], [printing('hello')])],
    ['request 1, headers', normalise([request('{"a":1}', [['X-a', '1']])], [printing('hello')])],
    ['request 1, body', normalise([request('{"a": 1}', [['x-a', '1']])], [printing('hello')])],
    ['request 1, answer', normalise([request('{"a":1}', [['x-a', '1']], { end: 'closed-early' })], [printing('hello')])],
    ['client 1, exit', normalise([request('{"a":1}', [['x-a', '1']])], [{ ...printing('hello'), code: 1 }])],
    ['client 1, stdout', normalise([request('{"a":1}', [['x-a', '1']])], [printing('hallo')])],
    ['clients', normalise([request('{"a":1}', [['x-a', '1']])], [])],
  ])('%s', (where, other) => {
    expect(differences(seen, other).map((line) => line.split(/, at |: /)[0])).toEqual([where]);
  });
});

describe('the table', () => {
  it('says what was asked and how clients ended', () => {
    const requests = [
      request('', [], { status: 529 }),
      request('', [], { status: 529 }),
      request('', [], { status: null, end: 'closed-early' }),
    ];
    const runs = [printing('{"type":"result","result":"a \\"b\\""}\n'), { ...printing(''), code: null, signal: 'SIGKILL' }];
    expect(summarise(normalise(requests, runs))).toBe('2 × messages 529, messages unanswered; exit 0: "a "b"", SIGKILL: no answer');
  });
});
