import { spawnSync } from 'node:child_process';
import { ccproxyBin, createTempHome } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';

it('[D6] what is piped into a script is left to the script, not taken for a directory', () => {
  using home = createTempHome();
  const line = `printf '/nowhere\\nrest\\n' | { "${process.execPath}" "${ccproxyBin}" deny --json; cat; }`;
  const { stdout } = spawnSync('bash', ['-c', line], { env: home.env(), cwd: home.home, encoding: 'utf8' });
  expect(stdout).toMatch(/\n\/nowhere\nrest\n$/);
});
