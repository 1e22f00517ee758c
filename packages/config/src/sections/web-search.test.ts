import { describe, expect, it } from 'vitest';
import { analyze } from '../testing/analyze.js';

describe('webSearch', () => {
  it('[C13] names a search engine; without an address there is none', async () => {
    const { config, secrets } = await analyze('webSearch: { searxng: "http://127.0.0.1:8888/", apiKey: key-of-the-engine }');
    expect(config?.webSearch).toEqual({
      searxng: 'http://127.0.0.1:8888',
      apiKey: 'key-of-the-engine',
      results: 8,
      searches: 8,
      timeout: 10_000,
    });
    expect(secrets).toContain('key-of-the-engine');
    expect((await analyze('webSearch: { results: 3 }')).config?.webSearch).toBeUndefined();
    expect((await analyze('')).config?.webSearch).toBeUndefined();
  });

  it.each(['http://169.254.169.254/', 'http://metadata.google.internal', 'http://user:pass@x/', 'file:///etc/passwd'])(
    '[C13] refuses %s',
    async (address) => {
      const { diagnostics } = await analyze(`webSearch: { searxng: "${address}" }`);
      expect(diagnostics).toMatchObject([{ severity: 'error', path: 'webSearch.searxng' }]);
    },
  );
});
