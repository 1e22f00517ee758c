import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';

/** What other tools do to PROMPT_COMMAND, in their shapes: before the hook is loaded, and after. */
const bashNeighbours: Readonly<Record<string, string>> = {
  'a string': 'PROMPT_COMMAND="n=1; other"',
  'a string with a trailing semicolon': 'PROMPT_COMMAND="other; "',
  'an array': 'PROMPT_COMMAND=("other" "n=1")',
  'an element added to an array': 'PROMPT_COMMAND+=("other")',
  'a string in front': 'PROMPT_COMMAND="other${PROMPT_COMMAND:+;$PROMPT_COMMAND}"',
  'a string behind': 'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }other"',
  'kept and replaced, as VS Code does':
    '__v=("${PROMPT_COMMAND[@]}"); __v_run() { local c; for c in "${__v[@]}"; do eval "$c"; done; other; }; PROMPT_COMMAND=__v_run',
  'kept and replaced, as starship does': '__s="${PROMPT_COMMAND-}"; __s_run() { eval "${__s-}"; other; }; PROMPT_COMMAND=__s_run',
  'OSC marks in an array, as Ghostty and systemd do': 'PROMPT_COMMAND+=("printf \'\\033]7;x\\033\\\\\\\\\' >/dev/null" other)',
  'bash-preexec, a DEBUG trap and an array of functions':
    'precmd_functions=(); preexec_functions=(); bash_preexec_imported=defined; __bp() { local f; for f in "${precmd_functions[@]}"; do "$f"; done; }; PROMPT_COMMAND="__bp${PROMPT_COMMAND:+;$PROMPT_COMMAND}"; precmd_functions+=(other); trap ": \\"\\$BASH_COMMAND\\"" DEBUG',
};
const zshNeighbours: Readonly<Record<string, string>> = {
  'oh-my-zsh: arrays and add-zsh-hook':
    'autoload -Uz add-zsh-hook; add-zsh-hook precmd other; add-zsh-hook chpwd other; add-zsh-hook preexec other',
  'a function called precmd': 'precmd() { other }; chpwd() { other }',
  'arrays replaced in front': 'precmd_functions=(other $precmd_functions); chpwd_functions=(other $chpwd_functions)',
  'unique arrays': 'typeset -U precmd_functions chpwd_functions; precmd_functions+=(other other)',
  'a theme that resets options': 'theme() { emulate -L zsh; setopt ksh_arrays; other }; precmd_functions+=(theme)',
};

describe.each(['before', 'after'])('bash: other tools, loaded %s the hook', (order) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('p');
  });
  afterAll(() => world.remove());

  it.each(Object.entries(bashNeighbours))('[D7] 38-41 %s', async (_, code) => {
    const run = await runShell(
      'bash',
      world,
      (w) => [
        'other() { printf "%s|" "${ANTHROPIC_BASE_URL-unset}" >>others; }',
        ...(order === 'before' ? [code] : []),
        w.source(world.hookFile('bash')),
        ...(order === 'after' ? [code] : []),
        w.source(world.hookFile('bash')),
        w.cd(project),
        w.show('in'),
        '(exit 5)',
        'printf "status %s" $?',
        w.cd(world.home),
        w.show('out'),
        'cat p/others; rm p/others',
      ],
      { interactive: true, hook: false },
    );
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
    expect(run.at('out')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset' });
    expect(run.stdout).toContain('status 5');
    expect(run.stdout).toMatch(new RegExp(`${url}\\|`));
  });
});

describe('bash: a later PROMPT_COMMAND=', () => {
  it('[D7] 38 does not remove a hook that was alone', async () => {
    const world = await createTestWorld();
    const project = await world.project('p');
    const run = await runShell(
      'bash',
      world,
      (w) => [w.source(world.hookFile('bash')), 'PROMPT_COMMAND="n=1"', w.cd(project), w.show('in')],
      { interactive: true, hook: false },
    );
    await world.remove();
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
  });
});

describe.each(['before', 'after'])('zsh: other tools, loaded %s the hook', (order) => {
  it.each(Object.entries(zshNeighbours))('[D7] 39 %s', async (_, code) => {
    const world = await createTestWorld();
    const project = await world.project('p');
    const hook = (w: { source: (file: string) => string }): string => w.source(world.hookFile('zsh'));
    const run = await runShell(
      'zsh',
      world,
      (w) => [
        `other() { printf "%s|" "\${ANTHROPIC_BASE_URL-unset}" >>|${world.home}/others }`,
        ...(order === 'before' ? [code, hook(w)] : [hook(w), code]),
        w.cd(project),
        w.show('in'),
        '(exit 5)',
        'printf "status %s" $?',
        w.cd(world.home),
        w.show('out'),
        `cat ${world.home}/others`,
      ],
      { interactive: true, hook: false },
    );
    await world.remove();
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
    expect(run.at('out')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset' });
    expect(run.stdout).toContain('status 5');
    expect(run.stdout).toContain(`${url}|`);
  });
});

/** Tools that set variables per directory: what allows them to, and the line of a start-up file. mise is run where it is installed. */
const tools = [
  {
    tool: 'direnv',
    file: '.envrc',
    text: 'export CCPROXY_PROFILE=of-direnv OTHER=of-direnv\n',
    trust: ['allow'],
    hook: 'hook',
  },
  {
    tool: 'mise',
    file: 'mise.toml',
    text: '[env]\nCCPROXY_PROFILE = "of-mise"\nOTHER = "of-mise"\n',
    trust: ['trust', '-y', '-q'],
    hook: 'activate',
  },
].filter(({ tool }) => tool === 'direnv' || spawnSync(tool, ['--version']).error === undefined);

describe.each(testedShells.flatMap((shell) => tools.map((each) => ({ shell, ...each }))))(
  '$shell: together with $tool',
  ({ shell, tool, file, text, trust, hook }) => {
    let world: TestWorld;
    let project: string;
    const env = { DIRENV_LOG_FORMAT: '', MISE_OFFLINE: '1', MISE_QUIET: '1' };
    beforeAll(async () => {
      world = await createTestWorld();
      project = await world.project('p', { variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work' } });
      await writeFile(path.join(project, file), text);
      execFileSync(tool, [...trust, project], { env: { HOME: world.home, PATH: process.env['PATH'], ...env }, stdio: 'ignore' });
    });
    afterAll(() => world.remove());

    it.each(['first', 'last'])('[D7] 39 loaded %s: both are active inside, and everything is restored outside', async (order) => {
      const line = shell === 'fish' ? `${tool} ${hook} fish | source` : `eval "$(${tool} ${hook} ${shell})"`;
      const run = await runShell(
        shell,
        world,
        (w) => [
          w.set('ANTHROPIC_BASE_URL', 'mine'),
          ...(order === 'first' ? [line, w.source(world.hookFile(shell))] : [w.source(world.hookFile(shell)), line]),
          w.prompt,
          w.cd(project),
          w.prompt,
          w.prompt,
          w.show('in'),
          `printf '%s' "$OTHER"`,
          w.cd(world.home),
          w.prompt,
          w.prompt,
          w.show('out'),
          `printf '%s' "<$OTHER>"`,
        ],
        { hook: false, env },
      );
      expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
      expect(run.at('out')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:mine', __CCPROXY_SAVED: 'unset' });
      expect(run.stdout).toBe(`of-${tool}<>`);
    });
  },
);
