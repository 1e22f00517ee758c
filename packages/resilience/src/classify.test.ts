import * as fc from 'fast-check';
import { CcproxyError } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { classifyAnswer, classifyError } from './classify.js';
import { classRules, type ErrorClass } from './error-class.js';
import { retryAfterMs, retryAfterSeconds } from './retry-after.js';

const answer = (status: number, type = '', message = ''): ErrorClass => classifyAnswer({ status, type, message }).class;
const coded = (code: `CCP_${string}`, httpStatus: number, message = 'm'): CcproxyError =>
  new CcproxyError(code, { title: '', why: '', fix: '', exitCode: 1, httpStatus }, { message });

describe('classes of answers', () => {
  it.each([
    [400, 'invalid_request_error', 'messages: Field required', 'client'],
    [404, 'not_found_error', 'model: x', 'client'],
    [413, 'request_too_large', 'too big', 'client'],
    [422, '', '', 'client'],
    [401, 'authentication_error', 'invalid x-api-key', 'auth'],
    [403, 'permission_error', '', 'auth'],
    [402, 'billing_error', '', 'quota'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'quota'],
    [429, 'rate_limit_error', 'You exceeded your current quota, please check your plan', 'quota'],
    [429, 'billing_error', '', 'quota'],
    [429, 'rate_limit_error', 'slow down', 'rate'],
    [529, 'overloaded_error', 'Overloaded', 'overloaded'],
    [503, 'api_error', 'The model is overloaded. Please try again later.', 'overloaded'],
    [503, 'api_error', 'unavailable', 'server'],
    [500, 'api_error', '', 'server'],
    [502, '', '', 'server'],
    [408, 'timeout_error', '', 'server'],
    [200, 'overloaded_error', 'Overloaded', 'overloaded'],
    [200, 'api_error', 'Internal', 'server'],
    [200, 'rate_limit_error', '', 'rate'],
    [200, 'invalid_request_error', 'bad', 'client'],
    [400, 'invalid_request_error', 'prompt is too long: 214000 tokens > 200000 maximum', 'context'],
    [400, 'invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000', 'context'],
    [400, 'context_length_exceeded', "This model's maximum context length is 8192 tokens", 'context'],
    [400, 'invalid_request_error', 'capability_rejected: prompt_too_long', 'context'],
    [400, 'exceed_context_size_error', 'the request exceeds the available context size', 'context'],
    [400, '', 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).', 'context'],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'policy'],
    [400, 'content_policy_violation', '', 'policy'],
  ] as const)('[C9] %i %s "%s" is %s', (status, type, message, expected) => expect(answer(status, type, message)).toBe(expected));

  it('[C9] a fault is repeatable unless the provider says no or lacks the endpoint', () => {
    expect(classifyAnswer({ status: 503, type: '', message: '' }).repeatable).toBe(true);
    expect(classifyAnswer({ status: 503, type: '', message: '', shouldRetry: 'false' }).repeatable).toBe(false);
    expect(classifyAnswer({ status: 501, type: '', message: '' }).repeatable).toBe(false);
    expect(classifyAnswer({ status: 400, type: '', message: '', shouldRetry: 'true' }).repeatable).toBe(false);
  });

  it('[C9] every status and wording has a class, and a wrong request never goes elsewhere by the general fallback', () => {
    const property = fc.property(fc.integer({ min: 200, max: 599 }), fc.string(), fc.string(), (status, type, message) => {
      const verdict = classifyAnswer({ status, type, message });
      const rule = classRules[verdict.class];
      return rule !== undefined && (verdict.class !== 'client' || (rule.next === 'none' && !verdict.repeatable));
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 2000 }))).toBeUndefined();
  });
});

describe('classes of failures', () => {
  it.each([
    ['CCP_UPSTREAM_CONNECT', 502, 'network', true],
    ['CCP_UPSTREAM_DNS', 502, 'network', true],
    ['CCP_UPSTREAM_TLS', 502, 'network', false],
    ['CCP_UPSTREAM_RESET', 502, 'network', true],
    ['CCP_UPSTREAM_TIMEOUT_CONNECT', 504, 'timeout', true],
    ['CCP_UPSTREAM_TIMEOUT_FIRST_BYTE', 504, 'timeout', false],
    ['CCP_UPSTREAM_TIMEOUT_IDLE', 504, 'timeout', false],
    ['CCP_UPSTREAM_TIMEOUT_TOTAL', 504, 'timeout', false],
    ['CCP_UPSTREAM_MALFORMED', 502, 'malformed', false],
    ['CCP_UPSTREAM_REDIRECT', 502, 'malformed', false],
    ['CCP_UPSTREAM_ENCODING', 502, 'malformed', false],
    ['CCP_GATEWAY_BAD_ANSWER', 502, 'malformed', false],
    ['CCP_PROVIDER_UNAVAILABLE', 503, 'unavailable', false],
    ['CCP_PROVIDER_SUBSCRIPTION', 400, 'refused', false],
    ['CCP_GATEWAY_NO_ROUTE', 400, 'client', false],
  ] as const)('[C9] %s is %s', (code, status, expected, repeatable) => {
    expect(classifyError(coded(code, status))).toEqual({ class: expected, repeatable, retryAfter: undefined });
  });

  it('[C9] what is refused before it is sent because it would not fit is a matter of the context window', () => {
    expect(classifyError(coded('CCP_PROVIDER_X', 400, 'prompt is too long: 9 tokens > 8 maximum')).class).toBe('context');
  });
});

describe('retry-after', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '99999999' }, 86_400_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after': 'Thu, 01 Jan 1998 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Monkey' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after-ms': 'x', 'retry-after': '7' }, 7000],
    [{}, undefined],
  ])('[F1] row 56: %j is %s ms', (headers, ms) => expect(retryAfterMs(headers, now)).toBe(ms));

  it('[F1] row 56: is never negative, never more than a day, and whole seconds for the client', () => {
    const property = fc.property(fc.string(), (text) => {
      const ms = retryAfterMs({ 'retry-after': text }, now);
      return ms === undefined || (ms >= 0 && ms <= 86_400_000 && Number.isInteger(retryAfterSeconds(ms)));
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 2000 }))).toBeUndefined();
    expect([retryAfterSeconds(0), retryAfterSeconds(1), retryAfterSeconds(1001)]).toEqual([1, 1, 2]);
  });
});
