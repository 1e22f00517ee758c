import { mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectedShellFiles } from '../write-shell-files.js';
import { hookFileName, type ShellKind } from '../shell-kind.js';
import { StateTree } from './state-tree.js';

export type TestedShell = Exclude<ShellKind, 'powershell'>;
export const testedShells: readonly TestedShell[] = ['bash', 'zsh', 'fish'];

/** A home with a state directory and the generated hooks. */
export interface TestWorld {
  readonly home: string;
  readonly stateDir: string;
  readonly tree: StateTree;
  readonly hookFile: (shell: TestedShell) => string;
  /** Makes a directory below home. */
  readonly folder: (name: string) => Promise<string>;
  /** Makes a project below home, allowed when `variables` are given; returns its path. */
  readonly project: (name: string, options?: ProjectOptions) => Promise<string>;
  readonly write: (file: string, text: string | Uint8Array) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface ProjectOptions {
  readonly content?: string | Uint8Array;
  readonly allowed?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

export async function createTestWorld(): Promise<TestWorld> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'ccproxy-shell-')));
  const home = path.join(root, 'home');
  const stateDir = path.join(home, '.ccproxy');
  await mkdir(path.join(stateDir, 'env'), { recursive: true, mode: 0o700 });
  const tree = new StateTree(stateDir);
  await tree.serve(3456);
  const hookFile = (shell: TestedShell): string => path.join(stateDir, 'shell', hookFileName(shell));
  const place = { stateDir, shellDir: path.join(stateDir, 'shell'), version: '1.2.3', tree: [] };
  for (const shell of testedShells) {
    for (const [file, text] of await expectedShellFiles(shell, place)) await writeFile(file, text);
  }
  const folder = async (name: string): Promise<string> => {
    const directory = path.join(home, name);
    await mkdir(directory, { recursive: true });
    return directory;
  };
  return {
    home,
    stateDir,
    tree,
    hookFile,
    folder,
    project: async (name, { content = `profile: ${encodeURIComponent(name)}\n`, allowed = true, variables } = {}) => {
      const directory = await folder(name);
      await writeOld(path.join(directory, '.ccproxy.yaml'), content);
      if (allowed) await tree.allow(directory, [content], variables ?? { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work' });
      return directory;
    },
    write: (file, text) => writeFile(file, text),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Older than any copy: writing it is not an edit after `allow`. */
async function writeOld(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content);
  const time = new Date(Date.now() - 60_000);
  await utimes(file, time, time);
}
