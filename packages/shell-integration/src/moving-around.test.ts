import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';
const on = `exported:${url}`;

describe.each(testedShells)('%s: ways to move', (shell) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('src/p');
    await world.folder('src/p/sub');
    await world.folder('out');
    await symlink(project, path.join(world.home, 'link'));
    await symlink(path.join(project, 'sub'), path.join(world.home, 'sublink'));
  });
  afterAll(() => world.remove());

  it('[D7] 15 pushd, popd, cd -, cd .., CDPATH and a directory as a command', async () => {
    // A directory as a command is fish's always; in bash and zsh it takes a terminal (tooling/e2e).
    const auto = { bash: ['cd ./p'], zsh: ['setopt auto_pushd', 'cd ./p'], fish: ['./p'] }[shell];
    const searched =
      shell === 'fish' ? [`set -g CDPATH . ${world.home}/src`, 'cd p >/dev/null'] : [`CDPATH=.:${world.home}/src`, 'cd p >/dev/null'];
    const ways: Readonly<Record<string, readonly string[]>> = {
      pushd: [`pushd ${project} >/dev/null`],
      popd: ['popd >/dev/null'],
      'cd -': [`cd ${project}`, `cd ${world.home}/out`, 'cd - >/dev/null'],
      'cd ..': ['cd ..'],
      auto,
      home: ['cd'],
      CDPATH: searched,
      'cd ../..': ['cd ../..'],
    };
    const run = await runShell(shell, world, (w) => [
      w.cd(`${world.home}/out`),
      w.prompt,
      ...Object.entries(ways).flatMap(([label, commands]) => [...commands, w.prompt, w.show(label)]),
    ]);
    const active = Object.keys(ways).filter((label) => run.at(label)['ANTHROPIC_BASE_URL'] === on);
    expect(active).toEqual(['pushd', 'cd -', 'auto', 'CDPATH']);
  });

  it('[D7] 14 a symbolic link to a project is another path until it is allowed, and cd -P goes to the real one', async () => {
    const physical = shell === 'fish' ? `cd (builtin realpath ${world.home}/link)` : `cd -P ${world.home}/link`;
    const run = await runShell(shell, world, (w) => [
      w.cd(`${world.home}/link`),
      w.prompt,
      w.show('by link'),
      physical,
      w.prompt,
      w.show('real'),
      w.cd(`${world.home}/sublink`),
      w.prompt,
      w.show('below'),
    ]);
    expect(run.at('by link')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', CCPROXY_PROMPT: 'plain:?' });
    expect(run.at('real')).toMatchObject({ ANTHROPIC_BASE_URL: on });
    expect(run.at('below')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', CCPROXY_PROMPT: 'plain:' });
    await world.tree.allow(path.join(world.home, 'link'), [`profile: ${encodeURIComponent('src/p')}\n`]);
    const again = await runShell(shell, world, (w) => [w.cd(`${world.home}/link/sub`), w.prompt, w.show('by link')]);
    expect(again.at('by link')).toMatchObject({ ANTHROPIC_BASE_URL: on });
  });

  it('[D7] 18 19 `cd project && command` on one line finds the variables', async () => {
    // bash says nothing of a change of directory before the next prompt: there the function `claude` looks.
    const look = shell === 'bash' ? '__ccproxy_hook && ' : '';
    const run = await runShell(shell, world, (w) => [w.prompt, `cd ${project} && ${look}sh -c 'printf %s "$ANTHROPIC_BASE_URL"'`]);
    expect(run.stdout).toBe(url);
  });

  it('[D7] 53 a directory called .ccproxy.yaml hides no project above it', async () => {
    await world.folder('src/p/sub/odd/.ccproxy.yaml');
    const run = await runShell(shell, world, (w) => [w.cd(`${project}/sub/odd`), w.prompt, w.show('in')]);
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: on });
  });
});
