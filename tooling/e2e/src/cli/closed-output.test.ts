import { spawnSync } from 'node:child_process';
import { ccproxyBin, createTempHome } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';

it('[B6] a command whose reader leaves ends without a word', () => {
  using home = createTempHome();
  const line = `"${process.execPath}" "${ccproxyBin}" --help | head -n 1; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { env: home.env(), encoding: 'utf8' });
  expect([status, stdout.split('\n').length, stderr]).toEqual([0, 2, '']);
});
