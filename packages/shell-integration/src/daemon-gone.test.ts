import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';

describe.each(testedShells)('%s: the daemon comes and goes', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
  });
  afterAll(() => world.remove());

  it('[D2] a running daemon that moves to another port or address family takes every shell with it', async () => {
    const project = await world.project('port');
    const epoch = `${world.stateDir}/shell/epoch`;
    const bump = (line: string, id: string) =>
      `printf '1 ${id} ${line}\\n' > ${epoch}; touch ${epoch}.${id}; rm -f ${epoch}.$(ls ${world.stateDir}/shell | grep '^epoch[.]' | grep -v ${id} | cut -d. -f2 | head -1)`;
    const run = await runShell(shell, world, (w) => [
      w.cd(project),
      w.prompt,
      `sh -c ${w.quote(bump('6 4000 0', 'aaaaaaaa'))}`,
      w.prompt,
      w.show('moved'),
      `sh -c ${w.quote(bump('4 0 0', 'bbbbbbbb'))}`,
      w.prompt,
      w.show('stopped'),
      `sh -c ${w.quote(bump('4 65535 0', 'cccccccc'))}`,
      w.prompt,
      w.show('back'),
    ]);
    await world.tree.serve(3456);
    expect(run.at('moved')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:http://[::1]:4000/p/abc' });
    expect(run.at('stopped')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', CCPROXY_PROFILE: 'unset', CCPROXY_PROMPT: 'plain:off' });
    expect(run.at('back')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:http://127.0.0.1:65535/p/abc', CCPROXY_PROMPT: 'plain:work' });
    expect(run.stderr).toMatch(/^ccproxy: .*port'? is allowed, but no daemon runs: ccproxy start\n$/);
  });

  it('[D2] 50 the address of a daemon that was killed leaves the shell, nothing else having changed', async () => {
    const project = await world.project('killed');
    const daemon = spawn('sleep', ['1000']);
    await world.tree.serve(3456, daemon.pid ?? 0);
    const run = await runShell(shell, world, (w) => [
      w.cd(project),
      w.prompt,
      w.show('serving'),
      `sh -c 'kill -9 ${daemon.pid}; while kill -0 ${daemon.pid} 2>/dev/null; do :; done'`,
      w.prompt,
      w.show('killed'),
      w.prompt,
      w.show('still'),
    ]);
    await world.tree.serve(3456);
    expect(run.at('serving')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
    // Elsewhere nothing tells a shell that a process is gone.
    expect(run.at('killed')).toMatchObject({ ANTHROPIC_BASE_URL: process.platform === 'linux' ? 'unset' : `exported:${url}` });
    expect(run.at('still')).toEqual(run.at('killed'));
  });
});
