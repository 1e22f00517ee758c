import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionTree } from './completions/completion-tree.js';
import { renderCompletion } from './completions/render-completion.js';
import { createTestWorld, type TestedShell, testedShells, type TestWorld } from './testing/test-world.js';

const tree = completionTree({
  topics: [{ name: 'config', description: 'Write the configuration.' }, { name: 'bad topic' }],
  commands: [
    {
      id: 'start',
      summary: "Start it: don't `wait`, $(x).",
      flags: { port: { name: 'port', summary: 'The port. Second sentence.' }, json: { name: 'json' } },
    },
    { id: 'status', flags: { old: { name: 'old', hidden: true }, wait: { name: 'wait', allowNo: true } } },
    { id: 'config:show', summary: 'Show it.', flags: {} },
    { id: 'config:init', description: 'Write it.\nMore.' },
    { id: 'shell-integration', args: { shell: { options: ['bash', 'zsh', '$(x)'] } } },
    { id: 'secret', hidden: true },
    { id: 'bad$(x)' },
  ],
});

/** The words offered for a command line: the completion function as the shell calls it, without a terminal. */
function offered(shell: TestedShell, world: TestWorld, line: string): string[] {
  const words = line.split(' ');
  const last = words.at(-1) ?? '';
  const hook = world.hookFile(shell);
  const script = {
    bash: `. '${hook}'; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; __ccproxy_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
    zsh: `. '${hook}'; _describe() { local l=$2; local w; for w in \${(P)l}; do [[ \${w%%:*} == $PREFIX* ]] && print -r -- \${w%%:*}; done }; _files() { print FILES }; words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; PREFIX='${last}'; __ccproxy_complete`,
    fish: `source '${hook}'; complete -C '${line}' | string replace -r '\\t.*' ''`,
  }[shell];
  const args = { bash: ['--norc', '-c', script], zsh: ['-f', '-c', script], fish: ['--no-config', '-c', script] }[shell];
  const env = { HOME: world.home, PATH: '/nonexistent', TERM: 'dumb', LC_ALL: 'C.UTF-8' };
  const run = spawnSync(`/usr/bin/${shell}`, args, { encoding: 'utf8', env });
  expect(run.stderr).toBe('');
  return run.stdout
    .split('\n')
    .filter((word) => word !== '')
    .toSorted();
}

describe.each(testedShells)('%s: completion', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
    await writeFile(path.join(world.stateDir, 'shell', `completion.${shell}`), renderCompletion(shell, tree));
  });
  afterAll(() => world.remove());

  it('[D5] 56 offers commands, topics, flags and fixed arguments, with no program in reach', () => {
    expect(offered(shell, world, 'ccproxy ')).toEqual(['config', 'shell-integration', 'start', 'status']);
    expect(offered(shell, world, 'ccproxy st')).toEqual(['start', 'status']);
    expect(offered(shell, world, 'ccproxy config ')).toEqual(['init', 'show']);
    expect(offered(shell, world, 'ccproxy start --')).toEqual(['--json', '--port']);
    expect(offered(shell, world, 'ccproxy status --')).toEqual(['--no-wait', '--wait']);
    expect(offered(shell, world, 'ccproxy start --json --po')).toEqual(['--port']);
    expect(offered(shell, world, 'ccproxy shell-integration z')).toEqual(['zsh']);
  });
});

describe('the words of completion', () => {
  it('[D5] take the first sentence, and leave out what is hidden or not plain', () => {
    expect(tree.find(({ path: of }) => of === 'start')?.flags).toEqual([
      { word: '--json', about: '' },
      { word: '--port', about: 'The port.' },
    ]);
    expect(JSON.stringify(tree)).not.toMatch(/secret|bad|--old|"\$\(x\)"/);
  });
});
