import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenRegistry, localTokenPrefix, mintToken } from './token-registry.js';

const gateway = (id: string) => ({ kind: 'gateway', id }) as const;

describe('createTokenRegistry', () => {
  it('finds the principal of a token, and nothing for any other text', () => {
    const tokens = createTokenRegistry();
    expect(tokens.lookup('anything')).toBeUndefined();
    tokens.add({ token: 'secret-1', principal: gateway('session-1'), id: 'session-1' });
    tokens.add({ token: 'secret-2', principal: { kind: 'admin' }, id: 'admin' });
    expect(tokens.lookup('secret-1')).toEqual({ kind: 'gateway', id: 'session-1' });
    expect(tokens.lookup('secret-2')).toEqual({ kind: 'admin' });
    for (const candidate of ['', 'secret-', 'secret-11', 'SECRET-1', 'x'.repeat(100_000)]) expect(tokens.lookup(candidate)).toBeUndefined();
    expect(tokens.size).toBe(2);
  });

  it('forgets a revoked token, and remembers that it was one', () => {
    const tokens = createTokenRegistry();
    tokens.add({ token: 'secret-1', principal: gateway('s'), id: 's' });
    expect(tokens.find('secret-1')).toEqual(gateway('s'));
    expect(tokens.revoke('s')).toBe(true);
    expect(tokens.revoke('s')).toBe(false);
    expect(tokens.lookup('secret-1')).toBeUndefined();
    expect(tokens.find('secret-1')).toBe('dead');
    tokens.add({ token: 'secret-1', principal: gateway('t'), id: 't' });
    expect(tokens.find('secret-1')).toEqual(gateway('t'));
  });

  it('replaces the token of an id, and gives a token two ids never', () => {
    const tokens = createTokenRegistry();
    tokens.add({ token: 'old', principal: gateway('s'), id: 's' });
    tokens.add({ token: 'new', principal: gateway('s'), id: 's' });
    expect([tokens.lookup('old'), tokens.find('old'), tokens.lookup('new')]).toEqual([undefined, 'dead', gateway('s')]);
    tokens.add({ token: 'new', principal: gateway('s'), id: 's' });
    expect([tokens.find('new'), tokens.size]).toEqual([gateway('s'), 1]);
    tokens.add({ token: 'new', principal: gateway('other'), id: 'other' });
    expect(tokens.revoke('s')).toBe(false);
    expect(tokens.lookup('new')).toEqual(gateway('other'));
  });

  it('accepts a token given out before a restart, of which only the digest is known', () => {
    const tokens = createTokenRegistry();
    tokens.restore({ digest: createHash('sha256').update('given-out').digest('base64'), principal: gateway('s'), id: 's' });
    expect(tokens.lookup('given-out')).toEqual(gateway('s'));
  });

  it('refuses tokens that cannot be secrets', () => {
    const tokens = createTokenRegistry();
    for (const token of ['', 'x'.repeat(2_000)]) expect(() => tokens.add({ token, principal: gateway('s'), id: 's' })).toThrow(RangeError);
  });

  it('bounds what it remembers of revoked tokens', () => {
    const tokens = createTokenRegistry();
    for (let index = 0; index < 5_000; index++) tokens.add({ token: `t${index}`, principal: gateway('s'), id: 's' });
    expect([tokens.find('t0'), tokens.find('t4998'), tokens.size]).toEqual([undefined, 'dead', 1]);
  });

  it('mints tokens nobody can mistake for a credential of an upstream', () => {
    const token = mintToken();
    expect(token).toMatch(/^ccp_[\w-]{43}$/);
    expect(mintToken()).not.toBe(token);
    expect(mintToken((size) => Buffer.alloc(size))).toBe(`${localTokenPrefix}${'A'.repeat(43)}`);
    expect(createTokenRegistry().find(token)).toBe('dead');
  });
});
