import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { daemonToken } from './daemon-token.js';
import { rememberedPort, rememberPort } from './remembered-port.js';
import { sessionCapabilities } from './session-capabilities.js';

const folder = () => mkdtempSync(join(tmpdir(), 'ccp-'));

describe('daemonToken', () => {
  it('[F2] makes 256 bits in a 0600 file once and keeps them', async () => {
    const file = join(folder(), 'run', 'token');
    const token = await daemonToken(file);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await daemonToken(file)).toBe(token);
  });

  it('[F2] replaces a damaged token', async () => {
    const file = join(folder(), 'token');
    writeFileSync(file, 'short', { mode: 0o600 });
    expect(await daemonToken(file)).toBe(readFileSync(file, 'utf8').trim());
  });
});

describe('rememberedPort', () => {
  it('[A3] remembers a port and ignores nonsense', async () => {
    const file = join(folder(), 'port');
    expect(await rememberedPort(file)).toBeUndefined();
    await rememberPort(file, 4567);
    expect(await rememberedPort(file)).toBe(4567);
    for (const text of ['0', '65536', 'x', '', '12.5']) {
      writeFileSync(file, text);
      expect(await rememberedPort(file)).toBeUndefined();
    }
  });
});

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
