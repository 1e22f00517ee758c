import { describe, expect, it } from 'vitest';
import { isCredentialHeader } from './credential-header.js';

describe('isCredentialHeader', () => {
  it.each([
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'x-api-key',
    'api_key',
    'x-goog-api-key',
    'x-ccproxy-token',
    'X-Auth-Token',
    'x-amz-security-token',
    'x-secret',
    'x-keys',
  ])('[C1] knows %s', (name) => {
    expect(isCredentialHeader(name)).toBe(true);
  });

  it.each(['anthropic-beta', 'user-agent', 'x-app', 'x-claude-code-session-id', 'x-team', 'x-monkey', 'x-tokenizer', 'author'])(
    '[C1] lets %s be looked at',
    (name) => {
      expect(isCredentialHeader(name)).toBe(false);
    },
  );
});
