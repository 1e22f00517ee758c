import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcesBody, scanHeaders } from './scan-headers.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

describe('scanHeaders', () => {
  it('reads what the guard decides on, whatever its case, and nothing else', () => {
    const raw = ['HOST', 'a:1', 'User-Agent', 'x', 'Content-Type', 'application/json', 'X-API-Key', 'k', 'accept', '*/*'];
    expect(scanHeaders(raw)).toEqual({ host: 'a:1', 'content-type': 'application/json', 'x-api-key': 'k' });
    expect(scanHeaders([])).toEqual({});
  });

  it.each([
    [['Host', 'a', 'hOST', 'a'], 'the header host is there twice'],
    [['authorization', 'Bearer a', 'Authorization', 'Bearer b'], 'the header authorization is there twice'],
    [['x-api-key', 'a', 'x-api-key', 'b'], 'the header x-api-key is there twice'],
    [['origin', '', 'origin', 'https://a'], 'the header origin is there twice'],
    [['X_Api_Key', 'a'], 'a security header is spelled with underscores'],
    [['x-ccproxy_token', 'a'], 'a security header is spelled with underscores'],
    [['Content_Length', '5'], 'a security header is spelled with underscores'],
  ])('[F1] row 46: %j is a fault', (raw, fault) => {
    expect(scanHeaders(raw).fault).toBe(fault);
  });

  it('leaves other headers with underscores and repeated ones alone', () => {
    expect(scanHeaders(['my_header', '1', 'x-forwarded-for', 'a', 'x-forwarded-for', 'b', 'x_a_b', ''])).toEqual({});
  });

  it('knows when a body follows', () => {
    expect(announcesBody({})).toBe(false);
    expect(announcesBody({ 'content-length': '0' })).toBe(false);
    expect(announcesBody({ 'content-length': '1' })).toBe(true);
    expect(announcesBody({ 'transfer-encoding': 'chunked' })).toBe(true);
  });

  it('is total, also on lists no parser makes', () => {
    const name = fc.oneof(
      fc.constantFrom('host', 'Origin', 'x_api_key', 'authorization', '__proto__', 'constructor', 'fault'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(name, fc.string()), { maxLength: 30 }), (raw) => {
        const scan = scanHeaders(raw);
        for (const value of Object.values(scan)) expect(typeof value).toBe('string');
      }),
      { numRuns: 10_000 * scale },
    );
  });
});
