import type { Config } from '@ccproxy/config';
import { createRedactor } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { differencesOf, effectiveConfig } from './effective-config.js';
import { createSecretRegister } from './secret-register.js';

const config = (fields: object): Config => fields as Config;
const sections = new Set(['providers', 'retry']);
const before = config({
  server: { host: 'a', port: 1, drainTimeout: 1 },
  logging: { level: 'info', file: 'x' },
  providers: { p: 1 },
  store: { kind: 'sqlite' },
});

describe('effectiveConfig', () => {
  it('[C14] takes what can be taken now and keeps what needs a restart, added and removed keys too', () => {
    const after = config({
      server: { host: 'b', drainTimeout: 2 },
      logging: { level: 'debug', file: 'x' },
      providers: { q: 1 },
      retry: { attempts: 1 },
      later: { on: true },
    });
    const differences = differencesOf(before, after, sections);
    expect(differences.filter(({ restart }) => restart).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'changed server.host',
      'removed server.port',
      'removed store',
      'added later',
    ]);
    expect(effectiveConfig(before, after, differences)).toEqual({
      server: { host: 'a', port: 1, drainTimeout: 2 },
      logging: { level: 'debug', file: 'x' },
      providers: { q: 1 },
      retry: { attempts: 1 },
      store: { kind: 'sqlite' },
    });
  });

  it('is the new configuration itself when nothing waits', () => {
    const after = config({ ...before, providers: {} });
    expect(effectiveConfig(before, after, differencesOf(before, after, sections))).toBe(after);
  });
});

describe('createSecretRegister', () => {
  it('[F1] a value is kept out of sight until the last who needs it has left', () => {
    const redactor = createRedactor();
    const register = createSecretRegister(redactor);
    const hidden = (): boolean => redactor.redact('say shared-secret-value') === 'say ****';
    register.add('shared-secret-value');
    register.add('shared-secret-value');
    register.remove('shared-secret-value');
    expect(hidden()).toBe(true);
    register.remove('shared-secret-value');
    expect(hidden()).toBe(false);
    register.remove('shared-secret-value');
    register.add('shared-secret-value');
    expect(hidden()).toBe(true);
  });
});
