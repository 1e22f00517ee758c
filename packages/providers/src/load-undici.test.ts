import * as undici from 'undici';
import { describe, expect, it } from 'vitest';
import { loadPool, loadUndici } from './load-undici.js';

describe('loadPool', () => {
  it('is the class the package exports', () => {
    expect(loadPool()).toBe(undici.Pool);
    expect(loadUndici().ProxyAgent).toBe(undici.ProxyAgent);
  });
});
