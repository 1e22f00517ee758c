import { describe, expect, it } from 'vitest';
import { timeoutError, upstreamError } from './upstream-error.js';

const coded = (code: string, message = 'boom sk-ant-secret'): Error => Object.assign(new Error(message), { code });

describe('upstreamError', () => {
  it.each([
    ['ECONNREFUSED', 'CCP_UPSTREAM_CONNECT'],
    ['ENOTFOUND', 'CCP_UPSTREAM_DNS'],
    ['EAI_AGAIN', 'CCP_UPSTREAM_DNS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CCP_UPSTREAM_TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CCP_UPSTREAM_TLS'],
    ['CERT_HAS_EXPIRED', 'CCP_UPSTREAM_TLS'],
    ['EPIPE', 'CCP_UPSTREAM_RESET'],
    ['UND_ERR_CONNECT_TIMEOUT', 'CCP_UPSTREAM_TIMEOUT_CONNECT'],
    ['UND_ERR_HEADERS_OVERFLOW', 'CCP_UPSTREAM_TOO_LARGE'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'CCP_UPSTREAM_MALFORMED'],
    ['HPE_INVALID_CONSTANT', 'CCP_UPSTREAM_MALFORMED'],
    ['SOMETHING_NEW', 'CCP_UPSTREAM_RESET'],
    ['constructor', 'CCP_UPSTREAM_RESET'],
  ])('%s is %s and its text stays out of the message', (code, expected) => {
    const error = upstreamError('p', coded(code));
    expect(error.code).toBe(expected);
    expect(error.message).toContain('provider "p"');
    expect(error.message).not.toContain('secret');
  });

  it('looks into several failed addresses', () => {
    expect(upstreamError('p', new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')])).code).toBe('CCP_UPSTREAM_CONNECT');
    expect(upstreamError('p', new AggregateError([])).code).toBe('CCP_UPSTREAM_RESET');
  });

  it('tells a proxy that refused from a provider that refused', () => {
    expect(upstreamError('p', coded('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling')).code).toBe(
      'CCP_UPSTREAM_PROXY',
    );
  });

  it('names the limit and its length', () => {
    expect(timeoutError('p', 'firstByte', 120_000).message).toBe('provider "p" exceeded its limit timeouts.firstByte of 120 s');
  });
});
