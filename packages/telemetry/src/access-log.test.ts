import { createRedactor } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessEntry, createAccessLog, createStreamSink } from './index.js';

const entry: AccessEntry = { requestId: 'req_1', method: 'POST', path: '/v1/messages', status: 200, durationMs: 12.34567, outcome: 'ok' };

function recorded(maxBuffered?: number) {
  const clock = new FakeClock(Date.UTC(2026, 10, 20, 10, 0, 0, 7));
  let output = '';
  const sink = createStreamSink({ write: (text) => (output += text) }, createRedactor());
  return { clock, log: createAccessLog({ sink, clock, ...(maxBuffered === undefined ? {} : { maxBuffered }) }), text: () => output };
}

describe('createAccessLog', () => {
  it('[A8] writes one JSON line per request, in batches, with what is known', () => {
    const { clock, log, text } = recorded();
    const names = { route: 'plan', target: 't', provider: 'p', model: 'm', principal: 'ann', sessionId: 's', errorCode: 'CCP_X' };
    const more = { ...names, attempts: 2, stream: true, firstByteMs: 1, bytesIn: 2, bytesOut: 3, tokensIn: 4, tokensOut: 5 };
    log.write({ ...entry, path: '/v1/messages?beta=true&key=abcdefgh' });
    clock.advance(1001);
    log.write({ ...entry, ...more });
    expect(text().split('\n')).toHaveLength(2);
    log.flush();
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { level: 'info', time: '2026-11-20T10:00:00.007Z', msg: 'request', ...entry, durationMs: 12.346 },
      {
        level: 'info',
        time: '2026-11-20T10:00:01.008Z',
        msg: 'request',
        ...entry,
        durationMs: 12.346,
        ...more,
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('[F1] holds no more than its bound', () => {
    const { clock, log, text } = recorded(10);
    for (let i = 0; i < 25; i++) log.write(entry);
    expect(text().trim().split('\n')).toHaveLength(20);
    clock.advance(50);
    expect(text().trim().split('\n')).toHaveLength(25);
  });

  it('[F1] cannot be made to write a second line, a terminal sequence or broken JSON by anything a client sends', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 700 }),
      fc.constantFrom('a\r\nb', '\u001b[2J', '\u202e', '\u2028', '"}', '\\', '\ud800', '\u009b31m', `sk-ant-api03-${'x'.repeat(20)}`),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.double(), (path, model, sessionId, durationMs) => {
        const { log, text } = recorded();
        log.write({ ...entry, path, model, sessionId, durationMs });
        log.flush();
        const line = text();
        expect(line.indexOf('\n')).toBe(line.length - 1);
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        expect(line).not.toContain('sk-ant-');
        const parsed = JSON.parse(line) as AccessEntry;
        expect(parsed).toMatchObject({ requestId: 'req_1', outcome: 'ok' });
        expect(parsed.path).not.toContain('?');
        expect(line.length).toBeLessThan(12_000);
      }),
      { numRuns: 5000 },
    );
  });
});
