import { describe, expect, it } from 'vitest';
import { configMethodNames } from './config-method-names.js';
import { configCompare, configReload } from './config-methods.js';

describe('configMethodNames', () => {
  it('[F2] are the names of the methods with schemas', () => {
    expect(configMethodNames).toEqual({ reload: { name: configReload.name }, compare: { name: configCompare.name } });
  });
});
