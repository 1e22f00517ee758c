import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = (parent: string): string[] =>
  readdirSync(`${root}${parent}`, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${parent}/${entry.name}`] : []));
/** Repetitions of the long run; limits of time grow with them. */
const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
/** Where the random cases begin: with the checked-out tree, see vitest.setup.ts. */
const seed = (): number => {
  try {
    return Number.parseInt(
      execFileSync('git', ['rev-parse', 'HEAD^{tree}'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).slice(0, 7),
      16,
    );
  } catch {
    // No checkout: an unpacked archive has always the same cases.
    return 1;
  }
};
const libraries = [...folders('packages'), ...folders('apps')];

/** Unit and integration tests run from the sources; the end-to-end suites in tooling/e2e run the built bins. */
export default defineConfig({
  resolve: { conditions: ['@ccproxy/source'] },
  ssr: { resolve: { conditions: ['@ccproxy/source', 'node', 'import', 'default'] } },
  test: {
    include: [...libraries.map((folder) => `${folder}/src/**/*.test.ts`), 'tooling/{bootstrap,checks,test-kit,verify,bench}/**/*.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**'],
    disableConsoleIntercept: true,
    testTimeout: 60_000 * scale,
    hookTimeout: 60_000 * scale,
    // A machine that is slow is no failure: what is waited for comes, or the test ends at its limit.
    expect: { poll: { timeout: 20_000 * scale } },
    maxWorkers: 2,
    // No module holds state of its own, so files may share a worker: a quarter less time.
    isolate: false,
    // Processes that tests start from the sources compile them once, not each of them again: a third of the time.
    env: {
      NODE_COMPILE_CACHE: `${root}node_modules/.cache/ccproxy-tests`,
      ...(scale > 1 ? {} : { CCPROXY_TEST_SEED: String(seed()) }),
    },
    setupFiles: ['vitest.setup.ts'],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      include: libraries.map((folder) => `${folder}/src/**/*.ts`),
      exclude: ['**/*.test.ts', '**/testing/**', '**/index.ts'],
      thresholds: Object.fromEntries(libraries.map((folder) => [`${folder}/src/**`, { lines: 90 }])),
    },
  },
});
