import { describe, expect, it } from 'vitest';
import { daemonMethodNames } from './daemon-method-names.js';
import * as methods from './daemon-methods.js';

describe('daemonMethodNames', () => {
  it('[F2] are the names of the methods with schemas, all of them', () => {
    const named = Object.values(daemonMethodNames).map(({ name }) => name);
    const defined = Object.values(methods).flatMap((value) => ('permission' in value ? [value.name] : []));
    expect(named.toSorted()).toEqual(defined.toSorted());
  });
});
