import type { ProviderConfig } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { providerStatus } from './provider-status.js';

const timeouts = { connect: 1, firstByte: 1, idle: 1, total: 1 };
const provider = (name: string, unavailable?: string): ProviderConfig => ({
  name,
  type: 'demo',
  baseUrl: undefined,
  auth: { kind: 'none' },
  timeouts,
  unavailable,
});
const config = { providers: { a: provider('a'), b: provider('b', 'no key'), c: provider('c') } };

describe('providerStatus', () => {
  it('[C10] says what the configuration says, and before it what a module reports now', () => {
    const health = {
      gateway: { providers: [{ name: 'a', available: false, reason: 'left alone', circuit: 'open' }, { name: 'c' }, null] },
      store: { providers: 'none' },
    };
    expect(providerStatus(config, health)).toEqual([
      { name: 'a', type: 'demo', available: false, reason: 'left alone' },
      { name: 'b', type: 'demo', available: false, reason: 'no key' },
      { name: 'c', type: 'demo', available: true, reason: null },
    ]);
  });
});
