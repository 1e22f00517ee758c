import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { daemonToken } from './daemon-token.js';

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
