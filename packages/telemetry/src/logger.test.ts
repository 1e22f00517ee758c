import { CcproxyError, createRedactor, kernelErrors } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { createLogger, createStreamSink, errorFields, parseLogLevel } from './index.js';

function recorded(level: Parameters<typeof createLogger>[0]['level']) {
  const lines: unknown[] = [];
  const sink = createStreamSink({ write: (text) => lines.push(JSON.parse(text)) }, createRedactor());
  return { lines, logger: createLogger({ sink, level, base: { pid: 7 }, clock: new FakeClock() }) };
}

describe('createLogger', () => {
  it('[A8] writes one JSON object per line: level by name, ISO time, fields, message', () => {
    const { lines, logger } = recorded('info');
    logger.info({ port: 3456 }, 'listening 100%s %d');
    expect(lines).toEqual([{ level: 'info', time: '2026-01-01T00:00:00.000Z', pid: 7, port: 3456, msg: 'listening 100%s %d' }]);
  });

  it('[A5] follows its level, children too, when it changes', () => {
    const { lines, logger } = recorded('warn');
    const child = logger.child({ module: 'gateway' });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) child[level]({}, level);
    logger.setLevel('trace');
    expect(child.level).toBe('trace');
    child.child({ deep: true }).trace({}, 'now seen');
    logger.setLevel('silent');
    child.fatal({}, 'not seen');
    expect(lines).toMatchObject([
      { msg: 'warn' },
      { msg: 'error' },
      { msg: 'fatal' },
      { level: 'trace', module: 'gateway', deep: true, msg: 'now seen' },
    ]);
  });

  it('[F1] writes errors as plain fields with their causes, without what clients hang on them', () => {
    const { lines, logger } = recorded('info');
    const reset = Object.assign(new Error('socket hang up'), {
      code: 'ECONNRESET',
      request: { headers: { authorization: 'Bearer abcdefgh' } },
    });
    logger.error({ err: kernelErrors.CCP_DEADLINE({ message: 'late', cause: reset, where: { file: 'a.yaml' } }) }, 'failed');
    logger.error(new TypeError('a bug'), 'failed');
    logger.error({ error: 'just text' }, 'failed');
    expect(lines).toMatchObject([
      {
        err: {
          type: 'CcproxyError',
          code: 'CCP_DEADLINE',
          hint: expect.any(String),
          where: { file: 'a.yaml' },
          cause: { code: 'ECONNRESET', message: 'socket hang up' },
        },
      },
      { err: { type: 'TypeError', message: 'a bug', stack: expect.stringContaining('a bug') } },
      { error: 'just text' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('authorization');
    const endless = new Error('endless');
    endless.cause = endless;
    expect(JSON.stringify(errorFields(endless)).split('"type"')).toHaveLength(6);
  });

  it('[F1] survives fields that cannot be serialized', () => {
    const { lines, logger } = recorded('info');
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    logger.info({ circular, big: 10n, nothing: undefined, run: () => 1 }, 'odd');
    logger.info(
      {
        bad: {
          toJSON() {
            throw new Error('no');
          },
        },
      },
      'worse',
    );
    expect(lines).toMatchObject([{ msg: 'odd' }, { msg: 'worse' }]);
  });

  it('[A7] knows its levels by name', () => {
    expect(parseLogLevel('DEBUG')).toBe('debug');
    for (const name of ['loud', '', 'toString']) expect(() => parseLogLevel(name)).toThrow(CcproxyError);
  });
});
