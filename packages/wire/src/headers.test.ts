import { describe, expect, it } from 'vitest';
import { headerNames, headerValue } from './header-fields.js';
import { isHopByHop } from './hop-by-hop.js';
import { requestHeadersForAnthropic } from './request-headers.js';
import { responseHeadersForClient } from './response-headers.js';
import { sessionIdOf } from './session-id.js';

const kept = [
  ['Accept', 'application/json'],
  ['Authorization', 'Bearer example'],
  ['anthropic-beta', 'claude-code-20250219,oauth-2025-04-20,unheard-of-2030-01-01'],
  ['anthropic-version', '2023-06-01'],
  ['anthropic-dangerous-direct-browser-access', 'true'],
  ['X-Claude-Code-Session-Id', 'abc'],
  ['X-Stainless-Retry-Count', '0'],
  ['x-new-header', ' caf\u00e9 '],
  ['x-new-header', 'twice'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
] as const;
const dropped = [
  ['Host', '127.0.0.1:3456'],
  ['Content-Length', '10'],
  ['Connection', 'keep-alive, X-Named'],
  ['x-named', '1'],
  ['Keep-Alive', 'timeout=5'],
  ['Transfer-Encoding', 'chunked'],
  ['TE', 'trailers'],
  ['Trailer', 'x'],
  ['Upgrade', 'h2c'],
  ['HTTP2-Settings', 'AAMA'],
  ['Cookie', 'a=b'],
  ['Forwarded', 'for=1'],
  ['X-Forwarded-For', '1.2.3.4'],
  ['X-Real-IP', '1.2.3.4'],
  ['Via', '1.1 x'],
  ['Proxy-Authorization', 'Basic x'],
  ['Proxy-Connection', 'close'],
  ['Expect', '100-continue'],
  ['X-CCProxy-Token', 'local'],
] as const;

describe('requestHeadersForAnthropic', () => {
  it('[C2] keeps everything byte for byte and in order, except what belongs to this hop or to this machine', () => {
    const mixed = kept.flatMap((pair, index) => [...(dropped[2 * index] ?? []), ...pair, ...(dropped[2 * index + 1] ?? [])]);
    expect(requestHeadersForAnthropic(mixed)).toEqual(kept.flat());
  });

  it('[C2] takes an object of headers, and leaves out what the provider replaces', () => {
    const headers = {
      'x-api-key': 'a',
      authorization: 'b',
      'anthropic-beta': 'c',
      'x-many': ['1', '2'],
      absent: undefined,
      connection: 'close',
    };
    expect(requestHeadersForAnthropic(headers, { drop: ['X-API-Key', 'authorization'] })).toEqual([
      'anthropic-beta',
      'c',
      'x-many',
      '1',
      'x-many',
      '2',
    ]);
    expect(() => requestHeadersForAnthropic(['a'])).toThrow(TypeError);
  });
});

describe('responseHeadersForClient', () => {
  it('keeps what the client acts on and drops what binds a browser or a connection', () => {
    const passed = {
      'content-type': 'text/event-stream',
      'content-encoding': 'gzip',
      'content-length': '5',
      'request-id': 'req_1',
      'retry-after': '7',
      'x-should-retry': 'false',
      'anthropic-ratelimit-unified-status': 'allowed',
      'x-new': ['a', 'b'],
    };
    const removed = {
      connection: 'close, x-named',
      'x-named': '1',
      'transfer-encoding': 'chunked',
      'set-cookie': ['a=b'],
      'access-control-allow-origin': '*',
      'alt-svc': 'h3=":443"',
      'strict-transport-security': 'max-age=1',
      'clear-site-data': '"*"',
      'proxy-authenticate': 'Basic',
      'x-ccproxy-route': 'forged',
      server: 'x',
      absent: undefined,
    };
    expect(responseHeadersForClient({ ...passed, ...removed })).toEqual(passed);
    expect(Object.keys(responseHeadersForClient({ ...passed, ETag: 'x' }, { bodyUnchanged: false }))).not.toContain('content-encoding');
    expect(responseHeadersForClient({ 'Content-Length': '5', 'Request-Id': 'r' }, { bodyUnchanged: false })).toEqual({ 'request-id': 'r' });
  });

  it('knows hop-by-hop names in any case', () => {
    expect(isHopByHop('Transfer-Encoding')).toBe(true);
    expect(isHopByHop('content-type')).toBe(false);
  });
});

describe('sessionIdOf', () => {
  const uuid = '3f2b8c1e-0000-4000-8000-1234567890ab';

  it.each([
    ['the header', { [headerNames.sessionId]: uuid }, undefined],
    ['a JSON user id', {}, JSON.stringify({ device_id: 'd', account_uuid: '', session_id: uuid })],
    ['an older user id', {}, `user_0a1b_account_${uuid}_session_${uuid}`],
    ['an older user id without account', {}, `user_0a1b_account__session_${uuid}`],
  ])('[C2] finds it in %s', (_name, headers, userId) => expect(sessionIdOf(headers, userId)).toBe(uuid));

  it.each([
    ['nothing', {}, undefined],
    ['a foreign user id', {}, 'someone@example.com'],
    ['broken JSON', {}, '{"session_id":'],
    ['a wrong type', {}, '{"session_id":7}'],
    ['odd characters', { [headerNames.sessionId]: 'a b\n' }, undefined],
    ['a giant', {}, `{"session_id":"${'a'.repeat(5000)}"}`],
  ])('[C2] finds none in %s', (_name, headers, userId) => expect(sessionIdOf(headers, userId)).toBeUndefined());

  it('reads the first of repeated headers, and no inherited ones', () => {
    expect(headerValue({ a: ['1', '2'] }, 'a')).toBe('1');
    expect(headerValue({}, 'constructor')).toBeUndefined();
  });
});
