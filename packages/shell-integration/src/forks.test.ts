import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runShell } from './testing/run-shell.js';
import type { ScriptWords } from './testing/shell-script.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const repeats = 5;

describe.each(testedShells)('%s: processes', (shell) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('p', {
      variables: {
        ANTHROPIC_BASE_URL: '/p/abc',
        CCPROXY_PROFILE: 'work',
        NO_PROXY: 'localhost',
        no_proxy: 'localhost',
        ANTHROPIC_CUSTOM_HEADERS: 'x-ccproxy-token: abc',
      },
    });
    for (const name of ['p/a', 'p/b', 'out/a', 'out/b', 'refused']) await world.folder(name);
    await world.project('refused', { allowed: false });
  });
  afterAll(() => world.remove());

  /** Every process made while the steps ran, by strace: starting one and replacing oneself. */
  async function processes(name: string, steps: (words: ScriptWords) => readonly string[]): Promise<readonly string[]> {
    const log = path.join(path.dirname(world.home), `strace-${name}`);
    const run = await runShell(
      shell,
      world,
      (w) => [
        w.set('ANTHROPIC_BASE_URL', 'mine'),
        w.set('NO_PROXY', 'corp'),
        w.cd(`${world.home}/out/a`),
        w.prompt,
        `sh -c 'exit 0'`,
        ...steps(w),
        w.show('end'),
        'test -e /the-end',
      ],
      { through: ['strace', '-f', '-qq', '-e', 'trace=clone,clone3,fork,vfork,%file', '-e', 'signal=none', '-o', log] },
    );
    run.at('end');
    const lines = (await readFile(log, 'utf8')).split('\n');
    // The child before the steps is the proof that one would be seen.
    const begin = lines.findLastIndex((line) => line.includes('execve("') && line.includes('exit 0'));
    const end = lines.findIndex((line) => line.includes('/the-end'));
    expect(begin).toBeGreaterThan(0);
    expect(end).toBeGreaterThan(begin);
    return lines
      .slice(begin + 1, end)
      .filter((line) => /(?:clone|clone3|fork|vfork|execve)\(/.test(line) && !line.includes('CLONE_THREAD'));
  }

  const scenarios: Readonly<Record<string, (w: ScriptWords, place: (name: string) => string) => readonly string[]>> = {
    'idle outside': (w) => [w.prompt],
    'idle inside': (w, place) => [w.cd(place('p/a')), w.prompt, w.prompt, w.prompt],
    'cd outside': (w, place) => [w.cd(place('out/b')), w.prompt, w.cd(place('out/a')), w.prompt],
    'cd inside': (w, place) => [w.cd(place('p/a')), w.prompt, w.cd(place('p/b')), w.prompt],
    'enter and leave': (w, place) => [w.cd(place('p')), w.prompt, w.cd(place('out/a')), w.prompt],
    'a refused project': (w, place) => [w.cd(place('refused')), w.prompt, w.prompt, w.cd(place('out/a')), w.prompt],
  };
  it.each(Object.keys(scenarios))('[D3] %s: 0 forks, 0 execs', async (name) => {
    const steps = scenarios[name];
    const place = (folder: string): string => path.join(world.home, folder);
    const seen = await processes(name.replaceAll(' ', '-'), (w) => Array.from({ length: repeats }, () => steps?.(w, place) ?? []).flat());
    expect(seen).toEqual([]);
    expect(project).toBe(place('p'));
  });

  it('[D3] 54 looks at no more files than the directory has levels', async () => {
    const deep = await world.folder('out/1/2/3/4/5/6/7/8/9/10');
    const log = path.join(path.dirname(world.home), 'strace-stats');
    await runShell(shell, world, (w) => [w.cd(`${world.home}/out`), w.prompt, 'test -e /the-mark', w.cd(deep), w.prompt], {
      through: ['strace', '-f', '-qq', '-e', 'trace=%file', '-o', log],
    });
    const lines = (await readFile(log, 'utf8')).split('/the-mark')[1]?.split('\n') ?? [];
    const looked = lines.filter((line) => line.includes('.ccproxy.yaml'));
    // Eleven levels below home, home itself, and a second look at the nearest.
    expect(looked.length).toBeGreaterThanOrEqual(12);
    expect(looked.length).toBeLessThanOrEqual(15);
  });
});
