import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';

describe.each(testedShells)('%s: entering and leaving', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
  });
  afterAll(() => world.remove());

  it('[D2] 1-4 enter sets; leave restores what was set, what was unset, and what was not exported', async () => {
    const project = await world.project('p1', {
      variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work', NO_PROXY: '127.0.0.1,localhost', ENABLE_TOOL_SEARCH: 'true' },
    });
    const run = await runShell(shell, world, (w) => [
      w.set('ANTHROPIC_BASE_URL', 'https://mine'),
      w.setLocal('CCPROXY_PROFILE', 'not exported'),
      w.set('NO_PROXY', 'corp.example'),
      w.prompt,
      w.show('before'),
      w.cd(project),
      w.prompt,
      w.show('in'),
      `sh -c 'printf "%s|%s|%s|%s" "$ANTHROPIC_BASE_URL" "$CCPROXY_PROFILE" "$NO_PROXY" "$ENABLE_TOOL_SEARCH"'`,
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.stdout).toBe(`${url}|work|corp.example,127.0.0.1,localhost|true`);
    expect(run.stderr).toBe('');
    expect(run.at('in')).toMatchObject({
      ANTHROPIC_BASE_URL: `exported:${url}`,
      CCPROXY_PROFILE: 'exported:work',
      CCPROXY_PROMPT: 'plain:work',
    });
    expect(run.at('before')).toMatchObject({
      CCPROXY_PROFILE: 'plain:not exported',
      ENABLE_TOOL_SEARCH: 'unset',
      __CCPROXY_SAVED: 'unset',
    });
    expect(run.at('after')).toEqual(run.at('before'));
  });
});
