import { describe, expect, it } from 'vitest';
import { maskSecrets, secretNeedles } from './mask-secrets.js';

describe('maskSecrets', () => {
  it('overwrites every occurrence and nothing else, in place', () => {
    const bytes = Buffer.from('{"a":"secret-value","b":"ü secret-valuesecret-value"}');
    expect(maskSecrets(bytes, secretNeedles(['secret-value', 'secret-value', 'absent-secret']))).toBe(3);
    expect(bytes.toString()).toBe('{"a":"************","b":"ü ************************"}');
  });

  it('does not look for values too short to mean themselves', () => {
    expect(secretNeedles(['', 'short'])).toEqual([]);
  });
});
