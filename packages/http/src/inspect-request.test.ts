import { describe, expect, it } from 'vitest';
import { inspectRequest, type RequestHead } from './inspect-request.js';
import type { HeaderScan } from './scan-headers.js';

const json: HeaderScan = { host: 'localhost:1', 'content-type': 'application/json', 'content-length': '10' };
const head = (scan: HeaderScan, rest: Partial<RequestHead> = {}): RequestHead => ({
  method: 'POST',
  target: '/v1/messages?beta=true',
  headerCount: 10,
  scan,
  hostAllowed: (host) => host === 'localhost:1',
  allowedOrigins: new Set(['https://listed.example']),
  bodyLimit: 100,
  limits: { headerCount: 20, urlLength: 50 },
  ...rest,
});
const code = (scan: HeaderScan, rest?: Partial<RequestHead>): string | undefined => inspectRequest(head(scan, rest))?.code;

describe('inspectRequest', () => {
  it('lets an ordinary request pass', () => {
    expect(code(json)).toBeUndefined();
    expect(code({ host: 'localhost:1' }, { method: 'GET' })).toBeUndefined();
    expect(
      code({ ...json, 'content-type': 'Application/JSON; charset=UTF-8', expect: '100-Continue', 'content-encoding': 'identity' }),
    ).toBeUndefined();
    expect(code({ host: 'localhost:1', 'content-length': '0' })).toBeUndefined();
  });

  it.each<[string, string, HeaderScan, Partial<RequestHead>]>([
    ['row 2: no Host', 'CCP_HTTP_BAD_REQUEST', { 'content-type': 'application/json', 'content-length': '10' }, {}],
    ['row 1: foreign Host', 'CCP_HTTP_HOST_REFUSED', { ...json, host: 'evil.example' }, {}],
    ['row 3: unknown method', 'CCP_HTTP_METHOD_REFUSED', json, { method: 'TRACE' }],
    ['row 3: absolute target', 'CCP_HTTP_BAD_REQUEST', json, { target: 'http://evil.example/' }],
    ['row 3: authority target', 'CCP_HTTP_BAD_REQUEST', json, { target: '//evil.example/' }],
    ['row 3: asterisk target', 'CCP_HTTP_BAD_REQUEST', json, { target: '*', method: 'OPTIONS' }],
    ['row 4: foreign Origin', 'CCP_HTTP_ORIGIN_REFUSED', { ...json, origin: 'https://evil.example' }, {}],
    ['row 4: Origin null', 'CCP_HTTP_ORIGIN_REFUSED', { ...json, origin: 'null' }, {}],
    ['row 4: cross-site', 'CCP_HTTP_ORIGIN_REFUSED', { ...json, 'sec-fetch-site': 'cross-site' }, {}],
    ['row 4: same-site', 'CCP_HTTP_ORIGIN_REFUSED', { ...json, 'sec-fetch-site': 'same-site' }, {}],
    ['row 6: text/plain', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { ...json, 'content-type': 'text/plain' }, {}],
    ['row 6: almost JSON', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { ...json, 'content-type': 'application/jsonp' }, {}],
    ['row 6: text/plain in disguise', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { ...json, 'content-type': 'text/plain; a=application/json' }, {}],
    ['row 6: no type', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { host: 'localhost:1', 'transfer-encoding': 'chunked' }, {}],
    ['row 43: other charset', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { ...json, 'content-type': 'application/json; charset=utf-16' }, {}],
    ['row 45: compressed', 'CCP_HTTP_MEDIA_TYPE_REFUSED', { ...json, 'content-encoding': 'gzip' }, {}],
    ['row 39: too large', 'CCP_HTTP_BODY_TOO_LARGE', { ...json, 'content-length': '101' }, {}],
    ['row 46: length not a number', 'CCP_HTTP_BAD_REQUEST', { ...json, 'content-length': '1e3' }, {}],
    ['row 46: body of a GET', 'CCP_HTTP_BAD_REQUEST', json, { method: 'GET' }],
    ['row 46: faulty list', 'CCP_HTTP_BAD_REQUEST', { ...json, fault: 'x' }, {}],
    ['row 47: other expectation', 'CCP_HTTP_EXPECTATION_REFUSED', { ...json, expect: 'nonsense' }, {}],
    ['row 38: too many headers', 'CCP_HTTP_HEADERS_TOO_LARGE', json, { headerCount: 21 }],
    ['row 38: long URL', 'CCP_HTTP_URL_TOO_LONG', json, { target: `/${'a'.repeat(60)}` }],
  ])('[F1] %s is %s', (_name, expected, scan, rest) => {
    expect(code(scan, rest)).toBe(expected);
  });

  it('lets the page of a listed origin pass, which browsers call cross-site', () => {
    expect(code({ ...json, origin: 'https://listed.example', 'sec-fetch-site': 'cross-site' })).toBeUndefined();
    expect(code({ ...json, 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(code({ ...json, 'sec-fetch-site': 'none' })).toBeUndefined();
  });

  it('does not look at Host where every Host is fine', () => {
    expect(code({ ...json, host: 'anything' }, { hostAllowed: undefined })).toBeUndefined();
  });
});
