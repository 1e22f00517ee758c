import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxyBin, createProcesses, createTempHome, repositoryRoot } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';

const page = join(repositoryRoot, 'docs/guide/shell.md');
/** The transcript of the page: lines with `$ ` are typed; `# a new terminal` is one. */
const written = (): string => /```console\n([^]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

/** What differs from run to run, and from home to home. */
const settled = (text: string, home: string): string =>
  text
    .replaceAll(home, '/home/ann')
    .replaceAll(/\(pid \d+\)/g, '(pid 4711)')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:3456')
    .replaceAll(/\/p\/[0-9a-f]{20}/g, '/p/8214c0073d6fc4016bfe');

it('[D1] [D2] the first five minutes of the guide are what a new user sees', async () => {
  await using processes = createProcesses();
  using home = createTempHome();
  home.write('bin/ccproxy', `#!/bin/sh\nexec '${process.execPath}' '${ccproxyBin}' "$@"\n`, 0o755);
  home.write('.zshrc', '');
  mkdirSync(join(home.home, 'project'));
  const env = home.env({
    ...processes.mark,
    PATH: `${join(home.home, 'bin')}:${process.env['PATH'] ?? ''}`,
    ZDOTDIR: home.home,
    PS1: '',
    PROMPT: '',
  });
  let seen = '';
  for (const terminal of written().split('# a new terminal\n')) {
    if (seen !== '') seen += '# a new terminal\n';
    const typed = terminal
      .split('\n')
      .filter((line) => line.startsWith('$ '))
      .map((line) => line.slice(2));
    // Programs must not read the lines that are to be typed next. An interactive shell that reads its lines from a file: no editor, no echo. Its prompt is a mark.
    const input = [
      'PS1=$\'@@\\n\'; PROMPT_SP=""; unsetopt prompt_sp prompt_cr',
      ...typed.map((line) => (line.startsWith('ccproxy') ? `${line} </dev/null` : line)),
      '',
    ].join('\n');
    const run = spawnSync('sh', ['-c', 'exec zsh -i 2>&1'], { cwd: home.home, env, input, encoding: 'utf8' });
    // What follows each mark is what the next line printed; the first one set the mark.
    const answers = run.stdout.split('@@\n').slice(1);
    for (const [index, line] of typed.entries()) seen += `$ ${line}\n${(answers[index] ?? '').replaceAll(/\n+$/g, '\n')}`;
  }
  expect(settled(seen, home.home)).toBe(written());
});
