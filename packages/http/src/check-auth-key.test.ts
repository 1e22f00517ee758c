import { silentLogger } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { checkAuthKey } from './check-auth-key.js';

const warnings = (host: string, authKey: string, loopback: boolean): number => {
  let count = 0;
  checkAuthKey({ host, authKey }, loopback, { ...silentLogger, warn: () => void count++ });
  return count;
};

describe('checkAuthKey', () => {
  it.each(['short', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'abababababababababab'])(
    '[F1] row 80: %s does not open a server to other machines',
    (authKey) => {
      expect(() => warnings('0.0.0.0', authKey, false)).toThrow(expect.objectContaining({ code: 'CCP_AUTH_KEY_WEAK', exitCode: 2 }));
      expect(() => warnings('0.0.0.0', authKey, false)).not.toThrow(authKey);
      expect(warnings('127.0.0.1', authKey, true)).toBe(1);
    },
  );

  it('says when other machines can reach the server, and nothing on loopback', () => {
    expect(warnings('0.0.0.0', 'kf83-hs7d-2mx9-qq41', false)).toBe(1);
    expect(warnings('0.0.0.0', '', false)).toBe(1);
    expect(warnings('127.0.0.1', 'kf83-hs7d-2mx9-qq41', true)).toBe(0);
    expect(warnings('127.0.0.1', '', true)).toBe(0);
  });
});
