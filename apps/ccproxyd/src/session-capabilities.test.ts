import type { Config } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { sessionCapabilities } from './session-capabilities.js';

describe('sessionCapabilities', () => {
  const config = (types: Record<string, string>) =>
    ({
      models: Object.fromEntries(Object.keys(types).map((name) => [name, { name, provider: name }])),
      providers: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { name, type }])),
    }) as unknown as Config;

  it('[A6] tool search is on only when every target can serve it', () => {
    expect(sessionCapabilities(config({ a: 'anthropic', d: 'demo' }))).toEqual({
      toolSearch: true,
      hintHeaders: true,
      modelDiscovery: true,
    });
    expect(sessionCapabilities(config({ a: 'anthropic', o: 'openai' })).toolSearch).toBe(false);
  });
});
