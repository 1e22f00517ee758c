import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rememberedPort, rememberPort } from './remembered-port.js';

const folder = () => mkdtempSync(join(tmpdir(), 'ccp-'));

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
