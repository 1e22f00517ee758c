import { mintToken } from '@ccproxy/http';
import { describe, expect, it } from 'vitest';
import { maskSecrets, secretNeedles } from './mask-secrets.js';

describe('maskSecrets', () => {
  it('overwrites every occurrence and nothing else, in place', () => {
    const bytes = Buffer.from('{"a":"secret-value","b":"ü secret-valuesecret-value"}');
    expect(maskSecrets(bytes, secretNeedles(['secret-value', 'secret-value', 'absent-secret']))).toBe(3);
    expect(bytes.toString()).toBe('{"a":"************","b":"ü ************************"}');
  });

  it('[F1] overwrites tokens of sessions, known or not', () => {
    const token = mintToken();
    const bytes = Buffer.from(`{"a":"x-ccproxy-token: ${token}\\n","b":"ccp_short ${token}${token} ü"}`);
    expect(maskSecrets(bytes, [])).toBe(3);
    const mask = '*'.repeat(token.length);
    expect(bytes.toString()).toBe(`{"a":"x-ccproxy-token: ${mask}\\n","b":"ccp_short ${mask}${mask} ü"}`);
  });

  it('does not look for values too short to mean themselves', () => {
    expect(secretNeedles(['', 'short'])).toEqual([]);
  });
});
