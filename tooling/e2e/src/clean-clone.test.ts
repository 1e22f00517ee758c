import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses, type Processes, repositoryRoot, type RunResult } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownEnv, withNode } from './install/npm.ts';
import { otherNode } from './install/other-node.ts';

/** A Node the project itself does not run on. */
const tooOld = '20.20.2';

let processes: Processes;
let clone: string;
let node: string;

beforeAll(async () => {
  processes = createProcesses();
  node = await otherNode(processes, tooOld);
  clone = join(mkdtempSync(join(tmpdir(), 'ccp-clone-')), 'ccproxy');
  const git = processes.spawn('git', ['clone', '--quiet', '--no-hardlinks', repositoryRoot, clone]);
  const { code } = await git.ended;
  if (code !== 0) throw new Error(`the repository could not be cloned: ${git.stderr()}`);
});
afterAll(async () => {
  await processes.stop();
  rmSync(join(clone, '..'), { recursive: true, force: true });
});

/** What `npm run ccproxy -- …` runs, on the old Node and without pnpm on PATH. */
async function ccproxy(...args: string[]): Promise<RunResult> {
  const { npm_execpath: _npm, ...own } = withNode(ownEnv(), node);
  // What this checkout built from the same sources is not compiled once more: `npm test` on a clean clone begins with that.
  const env = { ...own, TURBO_CACHE_DIR: join(repositoryRoot, '.turbo', 'cache') };
  const run = processes.spawn(node, [join(clone, 'tooling', 'bootstrap.mjs'), 'ccproxy', ...args], { cwd: clone, env });
  return { ...(await run.ended), stdout: run.stdout(), stderr: run.stderr() };
}

it('a clean clone on an old Node fetches what it needs; two at once do not disturb each other', async () => {
  const runs = await Promise.all([ccproxy('--version'), ccproxy('--version')]);
  for (const run of runs)
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^@ccproxy\/cli\/\d/) });
  const said = runs.map((run) => run.stderr).join('');
  expect(said.match(/fetching Node 24\S* from the npm registry/g)).toHaveLength(1);
  expect(said.match(/installing the dependencies/g)).toHaveLength(1);
  expect(said).toMatch(/waiting for another run in this checkout/);
  expect(existsSync(join(clone, '.cache', 'workspace.lock'))).toBe(false);
}, 300_000);

it('the second time nothing is fetched or installed', async () => {
  const { code, stderr } = await ccproxy('--version');
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/fetching|installing/);
}, 60_000);
