import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkShell } from './check-shell.js';
import { backupOf, installShell } from './install-shell.js';
import { rcFileOf, shellKinds } from './shell-kind.js';
import { createTestWorld, type TestWorld } from './testing/test-world.js';
import { uninstallShell } from './uninstall-shell.js';

const tree = [{ path: '', words: [{ word: 'start', about: 'Start it.' }], flags: [] }];

describe('installing', () => {
  let world: TestWorld;
  let serial = 0;
  let home: string;
  const place = (rcFile: string, withClaude = false) => {
    const stateDir = path.join(home, '.ccproxy');
    return { stateDir, shellDir: path.join(stateDir, 'shell'), version: '1.0.0', tree, rcFile, withClaude };
  };
  beforeAll(async () => {
    world = await createTestWorld();
  });
  beforeEach(async () => {
    home = await world.folder(`home ${(serial += 1)}`);
  });
  afterAll(() => world.remove());

  it.each(shellKinds)(
    '[D1] 57 %s: install twice, check, uninstall leaves the file byte for byte with its mode; a copy is kept meanwhile',
    async (shell) => {
      const rcFile = rcFileOf(shell, { env: {}, home, platform: 'linux' });
      const before = Buffer.from([0x23, 0xff, 0x0a, 0x61, 0x3d, 0x31]);
      await mkdir(path.dirname(rcFile), { recursive: true });
      await writeFile(rcFile, before);
      await chmod(rcFile, 0o640);
      const first = await installShell(shell, place(rcFile));
      expect(first).toMatchObject({ changed: true, backup: backupOf(rcFile) });
      expect(await readFile(backupOf(rcFile))).toEqual(before);
      expect(await installShell(shell, place(rcFile))).toMatchObject({ changed: false });
      const findings = await checkShell(shell, place(rcFile));
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      expect((await stat(rcFile)).mode & 0o777).toBe(0o640);
      expect(await uninstallShell(shell, place(rcFile))).toMatchObject({ changed: true, removedFile: false });
      expect(await readFile(rcFile)).toEqual(before);
      expect((await stat(rcFile)).mode & 0o777).toBe(0o640);
      expect(await readdir(path.dirname(rcFile))).not.toContain(path.basename(backupOf(rcFile)));
      expect((await readdir(path.join(home, '.ccproxy', 'shell'))).filter((name) => /^(?:hook|completion)/.test(name))).toEqual([]);
    },
  );

  it('[D1] makes a missing file and its folders, and removes the file again', async () => {
    const rcFile = path.join(home, 'ünï', 'config.fish');
    expect(await installShell('fish', place(rcFile))).toMatchObject({ changed: true, backup: undefined });
    expect((await checkShell('fish', place(rcFile))).every(({ ok }) => ok)).toBe(true);
    expect(await uninstallShell('fish', place(rcFile))).toMatchObject({ changed: true, removedFile: true });
    expect(await readdir(path.dirname(rcFile))).toEqual([]);
  });

  it('[D1] writes behind a link, also one that leads nowhere yet, and leaves the link', async () => {
    const dotfiles = path.join(home, 'dotfiles');
    await mkdir(dotfiles);
    await symlink('dotfiles/zshrc', path.join(home, '.zshrc'));
    for (const before of [undefined, 'a=1\n']) {
      if (before !== undefined) await writeFile(path.join(dotfiles, 'zshrc'), before);
      await installShell('zsh', place(path.join(home, '.zshrc')));
      expect((await lstat(path.join(home, '.zshrc'))).isSymbolicLink()).toBe(true);
      expect(await readFile(path.join(dotfiles, 'zshrc'), 'utf8')).toContain('hook.zsh');
      await uninstallShell('zsh', place(path.join(home, '.zshrc')));
      expect((await lstat(path.join(home, '.zshrc'))).isSymbolicLink()).toBe(true);
      expect(await readFile(path.join(dotfiles, 'zshrc'), 'utf8').catch(() => undefined)).toBe(before);
    }
  });

  it('[D1] refuses what is not a file, a loop of links, and half a stub; nothing is written', async () => {
    await mkdir(path.join(home, 'folder'));
    await symlink('loop', path.join(home, 'loop'));
    await writeFile(path.join(home, 'half'), '# >>> ccproxy >>>\nfi\n');
    for (const name of ['folder', 'loop', 'half']) {
      await expect(installShell('zsh', place(path.join(home, name)))).rejects.toMatchObject({ code: 'CCP_SHELL_RC_UNUSABLE' });
    }
    expect(await readFile(path.join(home, 'half'), 'utf8')).toBe('# >>> ccproxy >>>\nfi\n');
    await writeFile(path.join(home, 'file'), '');
    await expect(installShell('zsh', place(path.join(home, 'file', 'rc')))).rejects.toMatchObject({ code: 'CCP_PATH_MISSING' });
  });

  it('[D7] 38 the check finds a missing, a foreign and a doubled stub, an old hook, and PROMPT_COMMAND set after it', async () => {
    const rcFile = path.join(home, '.bashrc');
    const wrong = async (): Promise<string[]> =>
      (await checkShell('bash', place(rcFile))).filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);
    expect(await wrong()).toEqual([
      expect.stringContaining('stub: '),
      expect.stringMatching(/^hook: .* is missing$/),
      expect.stringMatching(/^completion: .* is missing$/),
    ]);
    const { hookFile } = await installShell('bash', place(rcFile, true));
    expect(await wrong()).toEqual([]);
    await writeFile(rcFile, (await readFile(rcFile, 'utf8')).repeat(2));
    expect((await checkShell('bash', place(rcFile)))[0]).toMatchObject({ ok: true, text: expect.stringContaining('2 times') });
    await writeFile(hookFile, 'old');
    await writeFile(rcFile, `${await readFile(rcFile, 'utf8')}PROMPT_COMMAND="$PROMPT_COMMAND;a"\nPROMPT_COMMAND=mine\n`);
    expect(await wrong()).toEqual([
      expect.stringMatching(/^hook: .*another version/),
      expect.stringMatching(/^prompt: .*PROMPT_COMMAND=mine/),
    ]);
    await writeFile(rcFile, (await readFile(rcFile, 'utf8')).replaceAll('hook.bash', 'hook.old'));
    expect((await wrong())[0]).toMatch(/^stub: .*another hook/);
  });
});

describe('the start-up file', () => {
  it('[D1] is the one the shell reads', () => {
    const at = (shell: (typeof shellKinds)[number], env = {}, platform: NodeJS.Platform = 'linux') =>
      rcFileOf(shell, { env, home: '/h', platform });
    expect(shellKinds.map((shell) => at(shell))).toEqual([
      '/h/.bashrc',
      '/h/.zshrc',
      '/h/.config/fish/config.fish',
      '/h/.config/powershell/Microsoft.PowerShell_profile.ps1',
    ]);
    expect(at('zsh', { ZDOTDIR: '/z' })).toBe('/z/.zshrc');
    expect(at('fish', { XDG_CONFIG_HOME: '/x' })).toBe('/x/fish/config.fish');
    expect(at('powershell', {}, 'win32')).toContain('Documents');
  });
});
