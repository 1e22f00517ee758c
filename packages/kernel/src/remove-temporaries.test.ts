import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeTemporaries } from './remove-temporaries.js';

it('[A2] removes what killed writers left, not what may still be written, and nothing else', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ccp-tmp-'));
  const now = Date.now();
  for (const name of ['.daemon.json.0123456789ab.tmp', '.x.0123456789ac.tmp', 'daemon.json', '.note.tmp', 'x.0123456789ab.tmp']) {
    writeFileSync(join(dir, name), '');
  }
  utimesSync(join(dir, '.daemon.json.0123456789ab.tmp'), new Date(now - 120_000), new Date(now - 120_000));
  await removeTemporaries(dir, { olderThanMs: 60_000, now });
  expect(readdirSync(dir).toSorted()).toEqual(['.note.tmp', '.x.0123456789ac.tmp', 'daemon.json', 'x.0123456789ab.tmp']);
  await removeTemporaries(dir, { olderThanMs: 0, now });
  expect(readdirSync(dir).toSorted()).toEqual(['.note.tmp', 'daemon.json', 'x.0123456789ab.tmp']);
  await removeTemporaries(join(dir, 'missing'), { olderThanMs: 0, now });
  rmSync(dir, { recursive: true });
});
