import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHook } from './render-hook.js';
import { renderStub } from './render-stub.js';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';
import { expectedShellFiles } from './write-shell-files.js';

const url = 'http://127.0.0.1:3456/p/abc';

describe.each(testedShells)('%s: an installed hook', (shell) => {
  let world: TestWorld;
  let project: string;
  beforeAll(async () => {
    world = await createTestWorld();
    project = await world.project('p');
  });
  afterAll(() => world.remove());
  const parse = { bash: ['bash', '-n'], zsh: ['zsh', '-n'], fish: ['fish', '-n'] }[shell];

  it('[D7] 58 is code its shell takes, for any state directory, and nothing of it is a place holder', async () => {
    const stateDir = `${path.dirname(world.home)}/st'a"te $(touch pwned) \\ü`;
    const file = path.join(path.dirname(world.home), 'odd-hook');
    const code = await renderHook(shell, { stateDir, version: '1.2.3' });
    await writeFile(file, code);
    expect(code).not.toMatch(/@(?:STATE|VERSION)@/);
    expect(execFileSync(parse[0] ?? '', [...parse.slice(1), file], { encoding: 'utf8' })).toBe('');
    const run = await runShell(shell, world, (w) => [w.source(file), w.prompt, `printf '%s' "$__ccproxy_state"`], { hook: false });
    expect(run.stdout).toBe(stateDir);
  });

  it('[D1] 35 36 sourced twice, and by a stub that stands twice, it is one hook', async () => {
    const stub = renderStub(shell, { hookFile: world.hookFile(shell), withClaude: false });
    const rc = path.join(path.dirname(world.home), 'rc');
    await writeFile(
      rc,
      stub
        .repeat(2)
        .replaceAll(
          /case \$- in \*i\*\)|\[\[ -o interactive &&|status is-interactive; and/g,
          (guard) => ({ 'case $- in *i*)': 'case i in *i*)', '[[ -o interactive &&': '[[' })[guard] ?? 'true; and',
        ),
    );
    const list = {
      bash: 'printf "<%s>" "${PROMPT_COMMAND[@]}"',
      zsh: 'print -r -- "<$precmd_functions><$chpwd_functions>"',
      fish: 'functions --handlers | string match -r "__ccproxy.*"',
    }[shell];
    const run = await runShell(shell, world, (w) => [w.source(rc), w.source(rc), list, w.cd(project), w.prompt, w.show('in')], {
      hook: false,
    });
    expect(run.stdout.match(/__ccproxy_hook/g)).toHaveLength(1);
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}` });
  });

  it('[D7] 37 a new version of the file, read by a running shell while active, takes over', async () => {
    const next = path.join(path.dirname(world.home), 'next-hook');
    await writeFile(
      next,
      (await renderHook(shell, { stateDir: world.stateDir, version: '9.9.9' })).replace('kept your own value', 'NEW: kept your own value'),
    );
    const run = await runShell(shell, world, (w) => [
      w.set('ANTHROPIC_BASE_URL', 'mine'),
      w.cd(project),
      w.prompt,
      w.source(next),
      w.prompt,
      w.set('CCPROXY_PROFILE', 'edit'),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:mine', CCPROXY_PROFILE: 'exported:edit' });
    expect(run.stderr).toBe('ccproxy: NEW: kept your own value of CCPROXY_PROFILE\n');
  });

  it('[D7] 37 files of a new version, put there before a running shell met a project, take over as a whole; without them nothing is entered', async () => {
    const place = { stateDir: world.stateDir, shellDir: path.join(world.stateDir, 'shell'), version: '9.9.9', tree: [] };
    const spare = path.join(path.dirname(world.home), 'spare');
    const next = path.join(path.dirname(world.home), 'next');
    await mkdir(spare, { recursive: true });
    await mkdir(next, { recursive: true });
    for (const [file, text] of await expectedShellFiles(shell, place))
      await writeFile(path.join(next, path.basename(file)), text.replace('kept your own value', 'NEW: kept your own value'));
    const run = await runShell(shell, world, (w) => [
      w.set('ANTHROPIC_BASE_URL', 'mine'),
      w.prompt,
      `mv ${place.shellDir}/hook* ${spare}`,
      w.cd(project),
      w.prompt,
      w.show('none'),
      `mv ${next}/hook* ${place.shellDir}`,
      w.prompt,
      w.show('in'),
      w.set('CCPROXY_PROFILE', 'edit'),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
      `mv ${spare}/hook* ${place.shellDir}`,
    ]);
    expect(run.at('none')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:mine', __CCPROXY_SAVED: 'unset' });
    expect(run.at('in')).toMatchObject({ ANTHROPIC_BASE_URL: `exported:${url}`, CCPROXY_PROFILE: 'exported:work' });
    expect(run.at('after')).toMatchObject({ ANTHROPIC_BASE_URL: 'exported:mine', CCPROXY_PROFILE: 'exported:edit' });
    expect(run.stderr).toBe('ccproxy: NEW: kept your own value of CCPROXY_PROFILE\n');
  });

  it('[D1] 46 loads only in interactive shells and prints nothing at start-up', async () => {
    const rc = { bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish' }[shell];
    await mkdir(path.dirname(path.join(world.home, rc)), { recursive: true });
    await writeFile(path.join(world.home, rc), `${renderStub(shell, { hookFile: world.hookFile(shell), withClaude: true })}\n`);
    const refused = await world.project('refused', { allowed: false });
    const known = {
      bash: 'type -t __ccproxy_hook claude',
      zsh: 'whence -w __ccproxy_hook claude',
      fish: 'functions -q __ccproxy_hook claude; and echo function',
    }[shell];
    const ask = (args: readonly string[]) =>
      spawnSync(shell, [...args, '-c', `${known}; true`], {
        cwd: refused,
        env: {
          HOME: world.home,
          PATH: process.env['PATH'],
          TERM: 'dumb',
          ...(shell === 'bash' ? { BASH_ENV: path.join(world.home, rc) } : {}),
        },
        encoding: 'utf8',
      });
    const script = ask([]);
    expect([script.stdout.includes('function'), script.stderr]).toEqual([false, '']);
    const interactive = ask(['-i']);
    expect(interactive.stdout).toContain('function');
    expect(interactive.stderr.replaceAll(/^bash: .*(?:job control|terminal process group).*\n/gm, '')).toBe('');
    await rm(path.join(world.home, rc));
  });

  it('[D7] 45 a subshell that enters leaves its parent untouched', async () => {
    const inside =
      shell === 'fish'
        ? `fish --no-config -c 'source ${world.hookFile('fish')}; cd ${project}; echo in $ANTHROPIC_BASE_URL'`
        : `( cd ${project}; __ccproxy_hook; echo in $ANTHROPIC_BASE_URL )`;
    const run = await runShell(shell, world, (w) => [w.prompt, inside, w.prompt, w.show('parent')]);
    expect(run.stdout).toContain(`in ${url}\n`);
    expect(run.at('parent')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset', __CCPROXY_SAVED: 'unset' });
    expect(run.stderr).toBe('');
  });

  it('[A1] [D5] 19 48 `claude` activates before it runs ccproxy, alone survives a snapshot, and steps aside inside Claude Code', async () => {
    const bin = await world.folder('bin');
    for (const name of ['ccproxy', 'claude']) {
      await writeFile(path.join(bin, name), `#!/bin/sh\nprintf '%s %s' ${name} "$ANTHROPIC_BASE_URL"; printf ' <%s>' "$@"; echo; exit 7\n`);
      await chmod(path.join(bin, name), 0o755);
    }
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const call = `claude -p 'a b' --x "" '$(x)'`;
    const rest = `<-p> <a b> <--x> <> <$(x)>`;
    const erase = {
      bash: 'unset -f $(compgen -A function | grep "^__\\?ccproxy")',
      zsh: 'unfunction ${(Mk)functions:#__ccproxy*}',
      fish: 'functions -e (functions -a | string match "__ccproxy*")',
    }[shell];
    const status = shell === 'fish' ? 'echo status $status' : 'echo status $?';
    const run = await runShell(
      shell,
      world,
      (w) => [
        w.source(world.hookFile(shell), 'claude'),
        w.prompt,
        `cd ${project}; ${call}; ${status}`,
        erase,
        `${call}; ${status}`,
        w.set('CLAUDECODE', '1'),
        call,
        w.unset('CLAUDECODE'),
        `rm ${w.quote(path.join(bin, 'ccproxy'))}`,
        shell === 'fish' ? 'true' : 'hash -r',
        call,
      ],
      { hook: false, env },
    );
    expect(run.stdout.split('\n')).toEqual([
      `ccproxy ${url} <claude> <--> ${rest}`,
      'status 7',
      `ccproxy ${url} <claude> <--> ${rest}`,
      'status 7',
      `claude ${url} ${rest}`,
      `claude ${url} ${rest}`,
      '',
    ]);
    expect(run.stderr).toBe('');
  });
});

describe('other shells', () => {
  it.each(['dash', 'bash --posix', 'zsh --emulate sh', 'zsh --emulate ksh'])(
    '[D7] 59 %s takes every hook without a word',
    async (command) => {
      const world = await createTestWorld();
      const [program = '', ...args] = command.split(' ');
      const script = testedShells.filter((shell) => shell !== 'fish').map((shell) => `. ${world.hookFile(shell)}`);
      const run = spawnSync(program, [...args, '-c', `${script.join('\n')}\necho end`], {
        encoding: 'utf8',
        env: { HOME: world.home, PATH: process.env['PATH'] },
      });
      await world.remove();
      expect([run.stdout, run.stderr, run.status]).toEqual(['end\n', '', 0]);
    },
  );

  it('[D7] 60 the PowerShell hook has the state directory as a literal, and the variables of the others', async () => {
    const code = await renderHook('powershell', { stateDir: "/home/o'neil", version: '1.2.3' });
    expect(code).toContain("State = '/home/o''neil'");
    const keys = /ANTHROPIC_BASE_URL|ANTHROPIC_CUSTOM_HEADERS|CCPROXY_PROFILE|ENABLE_TOOL_SEARCH|CLAUDE_CODE_[A-Z_]+|NO_PROXY|no_proxy/g;
    const bash = await renderHook('bash', { stateDir: '/', version: '1' });
    expect(new Set(code.match(keys))).toEqual(new Set(bash.match(keys)));
    expect(code).not.toMatch(/Invoke-Expression|\biex\b/i);
  });

  it('[D3] the hooks hold no eval, no command substitution in bash and zsh, and no redefinition of cd', async () => {
    for (const shell of testedShells) {
      const code = (await readFile(new URL(`../hooks/hook.${shell}`, import.meta.url), 'utf8')).replaceAll(/(?:^|\s)#\s.*$/gm, '');
      expect(code).not.toMatch(/\beval\b|(?:^|\n)\s*(?:function )?(?:cd|pushd|popd)\b|\balias\s|\btrap\b/);
      // fish substitutes its own builtins without a process.
      const substitutions = shell === 'fish' ? [] : code.replaceAll('$((', '').match(/\$\(|`/g);
      expect(substitutions ?? []).toEqual([]);
    }
  });
});
