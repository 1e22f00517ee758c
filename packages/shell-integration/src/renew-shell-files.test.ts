import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageVersion } from './package-version.js';
import { renewShellFiles } from './renew-shell-files.js';
import { shellFiles } from './shell-files.js';
import { type ShellKind, shellKinds } from './shell-kind.js';
import { createTestWorld, type TestWorld } from './testing/test-world.js';
import { expectedShellFiles, writeShellFiles } from './write-shell-files.js';

let world: TestWorld;
beforeEach(async () => {
  world = await createTestWorld();
});
afterEach(() => world.remove());

const place = (version: string) => ({ stateDir: world.stateDir, shellDir: path.join(world.stateDir, 'shell'), version, tree: [] });
const renew = (version: string) => renewShellFiles(place(version));
const hookOf = (shell: ShellKind): string => shellFiles(shell, place('').shellDir).hook;

it('[D1] writes anew what an older version wrote, byte for byte as an installation would, and then has nothing to do', async () => {
  for (const shell of shellKinds) await writeShellFiles(shell, place('1.9.9'));
  const changed = await renew('1.10.0');
  expect(changed).toEqual(expect.arrayContaining(shellKinds.map(hookOf)));
  for (const shell of shellKinds) {
    const { hook, more } = shellFiles(shell, place('').shellDir);
    const expected = await expectedShellFiles(shell, place('1.10.0'));
    for (const file of [hook, more]) {
      if (file === undefined) continue;
      expect(await readFile(file, 'utf8')).toBe(expected.get(file));
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  }
  expect(await renew('1.10.0')).toEqual([]);
});

it('[D1] leaves a newer one alone, and makes none where there is none', async () => {
  for (const shell of ['bash', 'fish'] as const) await writeShellFiles(shell, place('2.0.0'));
  await writeShellFiles('zsh', place('2.0.0-rc.2'));
  expect(await renew('2.0.0-rc.1')).toEqual([]);
  expect(await renewShellFiles({ stateDir: world.home, shellDir: path.join(world.home, 'none') })).toEqual([]);
});

it.each([
  ['bash', 'hook.bash'],
  ['fish', 'hook-more.fish'],
] as const)('[D1] leaves a hook of %s alone when somebody edited %s', async (shell, name) => {
  await writeShellFiles(shell, place('0.0.1'));
  const file = path.join(place('').shellDir, name);
  const edited = `${await readFile(file, 'utf8')}# mine\n`;
  await writeFile(file, edited);
  const changed = await renew('9.0.0');
  expect(changed.filter((each) => each.includes(`hook`) && each.endsWith(shell))).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe(edited);
});

it('knows the version of this package', async () => {
  await writeShellFiles('zsh', place(`${packageVersion}-0`));
  const changed = await renewShellFiles({ stateDir: world.stateDir, shellDir: place('').shellDir });
  expect(changed).toContain(hookOf('zsh'));
  expect(await readFile(hookOf('zsh'), 'utf8')).toContain(`version ${packageVersion}.`);
});
