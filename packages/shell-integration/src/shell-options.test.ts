import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';
const variables = { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work', NO_PROXY: 'localhost' };

const optionsOf = {
  bash: [
    'set -e',
    'set -u',
    'set -o pipefail',
    'set -E; trap "echo ERR" ERR',
    'set -T; trap ": DEBUG" DEBUG',
    'set -f',
    'set -C',
    'set -a',
    'set -o posix',
    'shopt -s nullglob dotglob globstar',
    'shopt -s failglob',
    'shopt -s nocasematch',
    'shopt -s localvar_inherit',
    'IFS=/',
    'unset IFS',
    'set -x 2>/dev/null; exec 2>/dev/null',
    'set -eu -o pipefail',
    "alias local=false read=false printf='echo alias' export=false shopt=false",
    'unset HOME',
    'LC_ALL=en_US.UTF-8; LANG=C',
  ],
  zsh: [
    'setopt err_exit',
    'setopt err_return',
    'setopt no_unset',
    'setopt pipe_fail',
    'trap "echo ERR" ZERR',
    'setopt ksh_arrays',
    'setopt sh_word_split',
    'setopt glob_subst',
    'setopt warn_create_global',
    'setopt no_clobber',
    'setopt null_glob',
    'setopt no_nomatch',
    'setopt all_export',
    'emulate sh',
    'emulate ksh',
    'IFS=/',
    'unset IFS',
    'setopt xtrace; exec 2>/dev/null',
    'setopt no_multibyte',
    'setopt extended_glob ksh_glob no_glob rc_expand_param csh_null_glob',
    "alias local=false typeset=false emulate=false setopt=false; alias -g then='; false'",
    'unset HOME',
  ],
} as const;

describe.each(['bash', 'zsh'] as const)('%s: options, traps and status of the user', (shell) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('Project', { variables });
    await world.folder('project');
  });
  afterAll(() => world.remove());

  it.each(optionsOf[shell])('[D7] 30-34 `%s`: enters, leaves and lives on', async (option) => {
    const run = await runShell(
      shell,
      world,
      (w) => [
        w.set('NO_PROXY', 'a b/c:d'),
        w.setLocal('CCPROXY_PROFILE', 'mine'),
        option,
        w.source(world.hookFile(shell)),
        w.show('before'),
        '! true',
        w.cd(project),
        'true',
        w.show('in'),
        w.cd(`${world.home}/project`),
        'true',
        w.show('after'),
        w.show('alive'),
      ],
      { interactive: true, hook: false },
    );
    expect(run.at('in')).toMatchObject({
      ANTHROPIC_BASE_URL: `exported:${url}`,
      CCPROXY_PROFILE: 'exported:work',
      NO_PROXY: 'exported:a b/c:d,localhost',
    });
    expect(run.at('after')).toEqual(run.at('before'));
    expect(run.stdout).toBe('');
    expect([...run.snapshots.keys()]).toEqual(['before', 'in', 'after', 'alive']);
    expect(run.status).toBe(0);
  });

  it('[D7] 29 keeps $? and PIPESTATUS across the prompt, and hands $? on to other prompt code', async () => {
    const pipe = shell === 'bash' ? '"${PIPESTATUS[*]}"' : '"$pipestatus"';
    const other =
      shell === 'bash' ? 'PROMPT_COMMAND+=("echo other \\$? >>out")' : 'other() { echo other $? >>out }; precmd_functions+=(other)';
    const run = await runShell(
      shell,
      world,
      () => [
        `cd -- ${project}`,
        '(exit 7)',
        'echo status $?',
        '(exit 3) | true | (exit 4)',
        `echo pipe ${pipe}`,
        other,
        '(exit 9)',
        'echo status $?; cat out; rm out',
      ],
      { interactive: true },
    );
    expect(run.stdout).toContain('status 7\npipe 3 0 4\n');
    expect(run.stdout).toMatch(/status 9\n(?:other \d+\n)*other 9\n$/);
  });

  it('[D7] 32 33 leaves the traps alone and runs none of them', async () => {
    const traps =
      shell === 'bash'
        ? ['trap "echo INT" INT', 'trap "echo ERR" ERR', 'trap "echo EXIT" EXIT']
        : ['trap "echo INT" INT', 'TRAPZERR() { echo ERR }', 'trap "echo EXIT" EXIT'];
    const print = shell === 'bash' ? 'trap -p' : 'trap; functions TRAPZERR';
    const run = await runShell(
      shell,
      world,
      () => [...traps, print, 'echo ---', `cd -- ${project}`, '! true', 'true', 'cd', '(exit 0)', print, 'trap - EXIT'],
      {
        interactive: true,
      },
    );
    const [before, after] = run.stdout.split('---\n');
    expect(after).toBe(before);
    expect(before).toContain('INT');
    expect(run.stdout).not.toContain('\nERR\n');
  });

  it('[D7] 34 traces little: at most four lines of the hook at a prompt where nothing changes', async () => {
    const option = shell === 'bash' ? 'set -x' : 'setopt xtrace';
    const run = await runShell(shell, world, () => [`cd -- ${project}`, option, ': first', ': second', ': third'], { interactive: true });
    const between = run.stderr.split(/\+[^\n]*: second/)[1]?.split(/\+[^\n]*: third/)[0] ?? '';
    expect(between.split('\n').filter((line) => line.startsWith('+') && /ccproxy|__c_/.test(line)).length).toBeLessThanOrEqual(4);
  });
});

describe.each(testedShells)('%s: surroundings', (shell) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('p', { variables });
  });
  afterAll(() => world.remove());

  it('[D7] 31 34 unusual IFS, a limit on reading, and unset variables of the hook', async () => {
    const strange = shell === 'fish' ? ['set -g IFS /', 'set -g fish_read_limit 3'] : ['IFS=/', 'unset HOME'];
    const run = await runShell(shell, world, (w) => [
      ...strange,
      w.cd(project),
      w.prompt,
      w.show('in'),
      w.cd('/'),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}`, NO_PROXY: 'exported:localhost' });
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', NO_PROXY: 'unset' });
    expect(run.stderr).toBe('');
  });

  it('[D7] 55 an empty environment, no HOME, and a PWD with dots', async () => {
    const run = await runShell(
      shell,
      world,
      (w) => [w.prompt, w.show('start'), w.cd(project), w.prompt, w.show('in'), w.cd('/'), w.prompt, w.show('after')],
      { through: ['env', '-i', `PWD=${project}/../p`, `PATH=${process.env['PATH'] ?? ''}`], cwd: project },
    );
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset' });
    expect(run.stderr).toBe('');
  });

  it('[D7] 22 hostile values in the hook’s own exported variables run nothing', async () => {
    const evil = `$(touch ${world.home}/pwned)\`touch ${world.home}/pwned\`;touch ${world.home}/pwned;x[$(touch ${world.home}/pwned)]`;
    const run = await runShell(
      shell,
      world,
      (w) => [w.prompt, w.cd(project), w.prompt, w.show('in'), w.cd(world.home), w.prompt, w.prompt, w.show('after'), 'ls'],
      {
        env: {
          __CCPROXY_SAVED: `2|ANTHROPIC_BASE_URL=x=${evil}|PATH=u=${process.env['PATH'] ?? ''}|${evil}=x=|a[$(touch ${world.home}/pwned)]=u=|*=u=|`,
          __CCPROXY_ROOT: evil,
          __CCPROXY_OLD_ANTHROPIC_BASE_URL: evil,
          ANTHROPIC_BASE_URL: evil,
          __ccproxy_pwd: evil,
          __ccproxy_mark: evil,
          __ccproxy_names: evil,
          __ccproxy_state: evil,
          CCPROXY_PROMPT: evil,
        },
      },
    );
    expect(run.stdout).toBe('p\n');
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${evil}`, __CCPROXY_SAVED: 'unset' });
  });
});
