import { describe, expect, it } from 'vitest';
import { errorBody, errorSseEvent, errorTypeForStatus, parseErrorBody } from './error-body.js';

describe('error bodies', () => {
  it('have the Anthropic envelope', () => {
    expect(errorBody('rate_limit_error', 'slow "down"\n')).toBe(
      '{"type":"error","error":{"type":"rate_limit_error","message":"slow \\"down\\"\\n"}}',
    );
    expect(errorBody('api_error', 'x', 'req_1')).toBe('{"type":"error","error":{"type":"api_error","message":"x"},"request_id":"req_1"}');
    expect(errorSseEvent('api_error', 'x')).toBe('event: error\ndata: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n');
  });

  it('are read back', () => {
    expect(parseErrorBody(Buffer.from(errorBody('new_error', 'm', 'req_2')))).toEqual({
      ok: true,
      type: 'new_error',
      message: 'm',
      requestId: 'req_2',
    });
    for (const other of [
      '',
      '<html>',
      'null',
      '[]',
      '{"error":"x"}',
      '{"error":{"type":"x"}}',
      '{"__proto__":{"error":{"type":"a","message":"b"}}}',
    ])
      expect(parseErrorBody(Buffer.from(other))).toMatchObject({ ok: false, reason: 'not-an-error-body' });
    expect(parseErrorBody(Buffer.alloc(2_000_000, ' '))).toMatchObject({ ok: false, reason: 'too-large' });
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [501, 'not_supported'],
    [502, 'api_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('%i is %s', (status, type) => expect(errorTypeForStatus(status)).toBe(type));
});
