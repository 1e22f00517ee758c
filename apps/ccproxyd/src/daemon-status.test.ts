import { describe, expect, it } from 'vitest';
import { gatewayUrl } from './listen-gateway.js';

describe('gatewayUrl', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3456'],
    ['localhost', 'http://localhost:3456'],
    ['::1', 'http://[::1]:3456'],
    ['0.0.0.0', 'http://127.0.0.1:3456'],
    ['::', 'http://[::1]:3456'],
  ])('[A3] host %s is reached at %s', (host, url) => {
    expect(gatewayUrl(host, 3456)).toBe(url);
  });
});
