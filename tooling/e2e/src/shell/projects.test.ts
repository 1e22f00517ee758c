import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxyBin, waitFor } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstallation, demoConfig, type Installation } from '../daemon/installation.ts';
import { createTerminals, rcFileOf, type ShellName, shellNames, type Terminals } from './shell-terminal.ts';

const url = '$ANTHROPIC_BASE_URL';

/** An installation whose `ccproxy` is in PATH, with the stub appended twice to the start-up file of each shell. */
async function install(): Promise<Installation> {
  const installation = await createInstallation(
    `${demoConfig}profiles: { work: { default: demo }, other: { default: demo } }\n`.replace(
      'default: { provider: demo } }',
      'default: { provider: demo }, demo: { provider: demo } }',
    ),
  );
  const { home } = installation.home;
  installation.home.write('bin/ccproxy', `#!/bin/sh\nexec '${process.execPath}' '${ccproxyBin}' "$@"\n`, 0o755);
  for (const shell of shellNames) {
    const { stdout } = await installation.ccproxy(['shell-integration', shell, '--with-claude']);
    const file = rcFileOf(installation, shell);
    installation.home.write(file.slice(home.length), stdout + stdout);
  }
  return installation;
}

describe.each(shellNames)('%s, ccproxy and a daemon', (shell: ShellName) => {
  let installation: Installation;
  let terminals: Terminals;
  let project: string;
  beforeAll(async () => {
    installation = await install();
    terminals = createTerminals(installation);
    project = join(installation.home.work, 'project');
    installation.home.write('work/project/.ccproxy.yaml', 'profile: work\n');
    await installation.start();
  });
  afterAll(async () => {
    terminals.close();
    await installation[Symbol.asyncDispose]();
  });
  const expectedUrl = async (): Promise<string> => {
    const { port } = JSON.parse(readFileSync(join(installation.home.stateDir, 'run', 'daemon.json'), 'utf8')) as { port: number };
    return `http://127.0.0.1:${port}/p/`;
  };

  it('[D1] [D2] [D4] 20-24 allow, edit, deny and a daemon that comes and goes, seen by open shells without a cd', async () => {
    const one = terminals.open(shell);
    const other = terminals.open(shell, { cwd: project });
    one.line('cd project');
    expect(await one.ask(url)).toBe('');
    await waitFor(() => one.screen().includes('is not allowed'), { what: 'the notice' });
    one.line('ccproxy allow');
    const address = await waitFor(async () => (await one.ask(url)) || undefined, { what: 'the address' });
    expect(address).toMatch(new RegExp(`^${await expectedUrl()}[A-Za-z0-9_-]+$`));
    expect(await one.ask('$CCPROXY_PROFILE')).toBe('work');
    await other.until(url, address);
    writeFileSync(join(project, '.ccproxy.yaml'), 'profile: other\n');
    await one.until(url, '');
    writeFileSync(join(project, '.ccproxy.yaml'), 'profile: work\n');
    await one.until(url, address);
    await installation.ccproxy(['stop']);
    await other.until(url, '');
    await one.until(url, '');
    await installation.start();
    await other.until(url, address);
    await installation.ccproxy(['deny', project]);
    await other.until(url, '');
    await one.until(url, '');
    expect(one.screen().match(/is not allowed/g)).toHaveLength(1);
  });

  it('[D2] 16 17 18 29 42 keys and widgets that move, one line, the status, and a window opened inside', async () => {
    await installation.ccproxy(['allow', project]);
    const terminal = terminals.open(shell);
    const inside = shell === 'bash' ? '' : (await expectedUrl()).slice(0, -1);
    terminal.line(`cd project && sh -c 'echo "$ANTHROPIC_BASE_URL" > ../line'; cd ..`);
    await waitFor(() => existsSync(join(installation.home.work, 'line')));
    expect(readFileSync(join(installation.home.work, 'line'), 'utf8').startsWith(inside)).toBe(true);
    const move = {
      bash: () => terminal.line('cd project'),
      fish: () => {
        terminal.line('cd project; cd ..');
        terminal.press('M-Left');
      },
      zsh: () => {
        terminal.line('into() { builtin cd project; zle reset-prompt }; zle -N into; bindkey "^G" into; setopt auto_cd');
        terminal.press('C-g');
      },
    }[shell];
    move();
    const address = await waitFor(async () => (await terminal.ask(url)) || undefined, { what: 'the address' });
    terminal.line('sh -c "exit 9"');
    expect(await terminal.ask(shell === 'fish' ? '$status' : '$?')).toBe('9');
    const window = await terminal.tmux(shell, installation.home.home);
    await window.until(`${url}:$__CCPROXY_SAVED`, ':');
    window.line(`cd ${project}`);
    await window.until(url, address);
    terminal.line(shell === 'bash' ? 'cd ..' : '..');
    await terminal.until(url, '');
  });

  it('[D2] 51 Ctrl-C, whenever it comes, leaves the variables whole', async () => {
    await installation.ccproxy(['allow', project]);
    const terminal = terminals.open(shell);
    await terminal.ask('ready');
    for (let round = 0; round < 12; round += 1) {
      terminal.line(round % 2 === 0 ? 'cd project' : 'cd ..');
      terminal.press('C-c');
    }
    terminal.press('C-c');
    await terminal.ask('ready');
    terminal.line(`cd ${project}`);
    await terminal.until('$__CCPROXY_ROOT:$CCPROXY_PROFILE:$CCPROXY_PROMPT', `${project}/:work:work`);
    expect(await terminal.ask(url)).toMatch(new RegExp(`^${await expectedUrl()}`));
    terminal.line(`cd ${installation.home.work}`);
    await terminal.until(`${url}:$__CCPROXY_SAVED:$CCPROXY_PROFILE`, '::');
    // Ctrl-C also eats characters of what is typed next: such a line is no command. What the hook itself would complain about has its names.
    expect(terminal.screen()).not.toMatch(/__c_|__ccproxy_/);
  });
});

describe('the function claude', () => {
  it('[A1] [D5] 49 in ten shells at once, with no daemon, starts one daemon and runs the client in each; leaving puts back', async () => {
    await using installation = await install();
    const terminals = createTerminals(installation);
    const { home, work } = installation.home;
    installation.home.write('bin/claude', `#!/bin/sh\necho "$1 $2" >> '${home}/ran'\n`, 0o755);
    installation.home.write('work/project/.ccproxy.yaml', 'profile: work\n');
    await installation.ccproxy(['allow', join(work, 'project')]);
    try {
      const shells = Array.from({ length: 10 }, (_, index) =>
        terminals.open(shellNames[index % 3] ?? 'bash', { cwd: join(work, 'project') }),
      );
      for (const shell of shells) shell.line('claude mcp list');
      await waitFor(() => existsSync(join(home, 'ran')) && readFileSync(join(home, 'ran'), 'utf8').split('\n').length === 11, {
        what: 'ten clients',
        timeoutMs: 60_000,
      });
      // A command that starts no session needs no daemon; ten sessions at once need one.
      for (const shell of shells) shell.line('claude -p hello');
      await waitFor(() => readFileSync(join(home, 'ran'), 'utf8').split('\n').length === 21, { what: 'ten sessions', timeoutMs: 60_000 });
      const log = readFileSync(join(installation.home.stateDir, 'logs', 'ccproxy.log'), 'utf8');
      expect(new Set(log.match(/"pid":\d+/g)).size).toBe(1);
    } finally {
      terminals.close();
    }
  });
});

describe('start-up', () => {
  it('[D7] 39 prints nothing before the first prompt, and nothing at it while an instant prompt of powerlevel10k is shown', async () => {
    await using installation = await install();
    const terminals = createTerminals(installation);
    const refused = join(installation.home.work, 'refused');
    installation.home.write('work/refused/.ccproxy.yaml', 'profile: work\n');
    try {
      appendFileSync(rcFileOf(installation, 'zsh'), 'PROMPT="(ready) "\n');
      const zsh = terminals.open('zsh', { cwd: refused, env: { __p9k_instant_prompt_active: '1' } });
      await waitFor(() => zsh.screen().includes('(ready)'), { what: 'the first prompt' });
      expect(zsh.screen().trim()).toBe('(ready)');
      expect(await zsh.ask('$CCPROXY_PROMPT')).toBe('?');
      await waitFor(() => zsh.screen().includes('is not allowed'), { what: 'the notice, at the second prompt' });
    } finally {
      terminals.close();
    }
  });
});
