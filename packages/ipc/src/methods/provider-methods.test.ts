import { describe, expect, it } from 'vitest';
import { providerMethodNames } from './provider-method-names.js';
import { providerProbe } from './provider-methods.js';

describe('providerMethodNames', () => {
  it('[F2] are the names of the methods with schemas', () => {
    expect(providerMethodNames).toEqual({ probe: { name: providerProbe.name } });
  });
});
