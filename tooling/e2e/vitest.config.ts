import { defineConfig } from 'vitest/config';
import { LongestFirst } from './src/longest-first.ts';

/** Repetitions of the long run; limits of time grow with them. */
const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const shared = {
  globalSetup: 'src/bundle-again.ts',
  testTimeout: 60_000 * scale,
  hookTimeout: 60_000 * scale,
  disableConsoleIntercept: true,
  // A machine that is slow is no failure: what is waited for comes, or the test ends at its limit.
  expect: { poll: { timeout: 30_000 * scale } },
};
const client = 'src/**/*.client.test.ts';
const install = 'src/install.test.ts';
const soak = 'src/soak/*.soak.test.ts';

/** The suites that run the built bins and see public exports only. They need `pnpm build` before. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    // These tests wait more than they work, for daemons and terminals: two on two cores leave half of them idle.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...shared, name: 'e2e', include: ['src/**/*.test.ts'], exclude: [client, install, soak] } },
      { test: { ...shared, name: 'client', include: [client], testTimeout: 240_000, hookTimeout: 120_000 } },
      { test: { ...shared, name: 'install', include: [install], testTimeout: 600_000, hookTimeout: 600_000 } },
      { test: { ...shared, name: 'soak', include: [soak] } },
    ],
  },
});
