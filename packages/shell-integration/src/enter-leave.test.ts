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

  it('[D2] 5-7 a variable the user changed, unset or made read-only inside stays the user’s, and is named once', async () => {
    const project = await world.project('p5', {
      variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work', ENABLE_TOOL_SEARCH: 'true' },
    });
    const run = await runShell(shell, world, (w) => [
      w.set('CCPROXY_PROFILE', 'old'),
      w.cd(project),
      w.prompt,
      w.set('ANTHROPIC_BASE_URL', 'https://edit'),
      w.unset('CCPROXY_PROFILE'),
      w.prompt,
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('after')).toMatchObject({
      ANTHROPIC_BASE_URL: 'exported:https://edit',
      CCPROXY_PROFILE: 'unset',
      ENABLE_TOOL_SEARCH: 'unset',
      __CCPROXY_SAVED: 'unset',
    });
    expect(run.stderr).toBe('ccproxy: kept your own value of ANTHROPIC_BASE_URL CCPROXY_PROFILE\n');
  });

  it('[D2] 8 restores values of any bytes', async () => {
    const project = await world.project('p8', { variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work' } });
    const values = [
      '',
      ' ',
      'a\'b"c',
      'two\nlines\n',
      '$(touch pwned)`id`!!',
      '\u00fcn\u00ef \u{1F600}',
      '-n',
      '\\',
      '*',
      '\u001b[31m',
      '%s',
      '@x',
      '[u]',
    ];
    const run = await runShell(shell, world, (w) =>
      values.flatMap((value, index) => [
        w.set('CCPROXY_PROFILE', value),
        w.setLocal('ENABLE_TOOL_SEARCH', value),
        w.cd(project),
        w.prompt,
        w.show(`in ${index}`),
        w.cd(world.home),
        w.prompt,
        w.show(`after ${index}`),
      ]),
    );
    for (const [index, value] of values.entries()) {
      expect(run.at(`in ${index}`)).toMatchObject({ CCPROXY_PROFILE: 'exported:work' });
      expect(run.at(`after ${index}`)).toMatchObject({ CCPROXY_PROFILE: `exported:${value}`, ENABLE_TOOL_SEARCH: `plain:${value}` });
    }
  });

  it('[D2] 10-13 a project at home, nested projects, from one to another directly, and sub-directories', async () => {
    const outer = await world.project('p10', { variables: { ANTHROPIC_BASE_URL: '/p/outer' } });
    const inner = await world.project('p10/in/ner', { variables: { ANTHROPIC_BASE_URL: '/p/inner' } });
    const other = await world.project('p10b', { variables: { ANTHROPIC_BASE_URL: '/p/other' } });
    const deep = await world.folder('p10/in/ner/d/e/e/p');
    const places = { outer, inner, deep, between: `${outer}/in`, other };
    const run = await runShell(shell, world, (w) => [
      ...Object.entries(places).flatMap(([label, place]) => [w.cd(place), w.prompt, w.show(label)]),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    const target = (label: string) => run.at(label)['ANTHROPIC_BASE_URL']?.split('/').at(-1);
    expect(Object.keys(places).map(target)).toEqual(['outer', 'inner', 'inner', 'outer', 'other']);
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', __CCPROXY_SAVED: 'unset', CCPROXY_PROMPT: 'plain:' });
    const home = await createTestWorld();
    try {
      await home.project('', { variables: { ANTHROPIC_BASE_URL: '/p/home' } });
      const sub = await home.folder('a/b');
      const below = await runShell(shell, home, (w) => [w.cd(sub), w.prompt, w.show('below home'), w.cd('/'), w.prompt, w.show('root')]);
      expect(below.at('below home')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:http://127.0.0.1:3456/p/home' });
      expect(below.at('root')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset' });
    } finally {
      await home.remove();
    }
  });

  it('[D2] 44 nothing is damaged when another program dropped half of the variables', async () => {
    const project = await world.project('p44', { variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work' } });
    const dropped = ['__CCPROXY_OLD_ANTHROPIC_BASE_URL', '__CCPROXY_SAVED', '__CCPROXY_ROOT', 'ANTHROPIC_BASE_URL'];
    for (const name of dropped) {
      const run = await runShell(shell, world, (w) => [
        w.set('ANTHROPIC_BASE_URL', 'mine'),
        w.cd(project),
        w.prompt,
        w.unset(name),
        w.cd(world.home),
        w.prompt,
        w.show('after'),
        w.cd(project),
        w.prompt,
        w.show('again'),
      ]);
      const { ANTHROPIC_BASE_URL: now = '' } = run.at('after');
      expect(['exported:mine', 'unset', `exported:${url}`]).toContain(now);
      expect(run.at('again')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}`, CCPROXY_PROFILE: 'exported:work' });
      expect(run.status).toBe(0);
    }
  });

  it('[D2] 51 what was interrupted half way is finished at the next prompt, and no half is taken for the user’s', async () => {
    const project = await world.project('p51', { variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work' } });
    const interrupted =
      shell === 'fish'
        ? 'set -g __ccproxy_busy 1; set -g __ccproxy_idle ""'
        : '__ccproxy_busy=1 __ccproxy_kind= __ccproxy_quiet= __ccproxy_active= __ccproxy_settled=';
    const run = await runShell(shell, world, (w) => [
      w.set('CCPROXY_PROFILE', 'mine'),
      w.cd(project),
      w.prompt,
      // Stopped before the last variable was set.
      interrupted,
      w.set('CCPROXY_PROFILE', 'mine'),
      w.prompt,
      w.show('entered'),
      // Stopped before the first was recorded.
      interrupted,
      w.set('__CCPROXY_SAVED', `2|ANTHROPIC_BASE_URL=u=${url}|`),
      w.set('CCPROXY_PROFILE', 'mine'),
      w.prompt,
      w.show('again'),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    const on = { ANTHROPIC_BASE_URL: `exported:${url}`, CCPROXY_PROFILE: 'exported:work' };
    expect(run.at('entered')).toMatchObject(on);
    expect(run.at('again')).toMatchObject(on);
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', CCPROXY_PROFILE: 'exported:mine', __CCPROXY_SAVED: 'unset' });
    expect(run.stderr).toBe('');
  });

  it('[D2] 47 loading the start-up file again while active, and replacing the shell, changes nothing; leaving restores', async () => {
    const project = await world.project('p47');
    const run = await runShell(shell, world, (w) => [
      w.set('ANTHROPIC_BASE_URL', 'mine'),
      w.setLocal('CCPROXY_PROFILE', 'local'),
      w.cd(project),
      w.prompt,
      w.source(world.hookFile(shell)),
      w.prompt,
      w.show('again'),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('again')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}`, CCPROXY_PROFILE: 'exported:work' });
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:mine', CCPROXY_PROFILE: 'plain:local' });
  });
});

describe.each(['bash', 'zsh'] as const)('%s: read-only variables', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
  });
  afterAll(() => world.remove());

  it('[D2] 7 a variable that is read-only before entering is left alone, and the others are set and restored', async () => {
    const project = await world.project('p7', {
      variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work', ENABLE_TOOL_SEARCH: 'true' },
    });
    const run = await runShell(shell, world, (w) => [
      'readonly CCPROXY_PROFILE=mine',
      'export CCPROXY_PROFILE',
      w.cd(project),
      w.prompt,
      w.show('in'),
      'readonly ENABLE_TOOL_SEARCH',
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('in')).toMatchObject({
      ANTHROPIC_BASE_URL: `exported:${url}`,
      CCPROXY_PROFILE: 'exported:mine',
      ENABLE_TOOL_SEARCH: 'exported:true',
    });
    expect(run.at('after')).toMatchObject({
      ANTHROPIC_BASE_URL: 'unset',
      CCPROXY_PROFILE: 'exported:mine',
      ENABLE_TOOL_SEARCH: 'exported:true',
    });
    expect(run.stderr).toBe('ccproxy: kept your own value of ENABLE_TOOL_SEARCH\n');
  });
});
