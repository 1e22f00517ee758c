import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installedCli, main } from './main.js';

it('[A1] hands everything to the command line that is installed with it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ccp-claude-'));
  const seen = join(dir, 'seen');
  const file = join(dir, 'main.mjs');
  writeFileSync(
    file,
    `import { writeFileSync } from 'node:fs';\nexport const main = async (argv) => writeFileSync(${JSON.stringify(seen)}, JSON.stringify(argv));\n`,
  );
  await main(['-p', 'hi'], file);
  expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual(['claude', '--', '-p', 'hi']);
  expect(installedCli()).toMatch(/cli[/\\]dist[/\\]main\.js$/);
  rmSync(dir, { recursive: true });
});
