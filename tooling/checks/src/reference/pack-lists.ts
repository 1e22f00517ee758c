import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path/posix';
import type { Repository } from '../repository.ts';

/** What a package would ship. */
export interface PackList {
  readonly name: string;
  /** Relative to the package. */
  readonly files: readonly string[];
}

/** Asks pnpm what it would put into each tarball. Throws when pnpm cannot be run. */
export function packLists(repository: Repository): PackList[] {
  const args = ['--recursive', '--filter', './packages/*', '--filter', './apps/*', 'pack', '--dry-run', '--json'];
  const run = spawnSync('pnpm', args, { cwd: repository.root, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 << 20 });
  if (run.status !== 0) throw new Error(`\`pnpm pack --dry-run\` failed: ${run.error?.message ?? (run.stderr || run.stdout)}`);
  const lists = JSON.parse(run.stdout) as { name: string; files: { path: string }[] }[];
  return lists
    .map(({ name, files }) => ({ name, files: files.map((file) => file.path).toSorted() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The checked-in picture of the tarballs. Compiled files are drawn as one line per kind and folder, so that it changes
 * when another kind of file begins to ship and not with every source file.
 */
export function renderPackLists(lists: readonly PackList[]): string {
  const kinds = (files: readonly string[]): string[] => [...new Set(files.map(kindOf))].toSorted();
  return [
    'What each package ships: `*` stands for the compiled files of a folder. Generated: `pnpm docs`.\n',
    ...lists.map(
      ({ name, files }) =>
        `${name}\n${kinds(files)
          .map((line) => `  ${line}\n`)
          .join('')}`,
    ),
  ].join('\n');
}

function kindOf(file: string): string {
  if (!file.startsWith('dist/')) return file;
  const [, extension = ''] = /^[^.]+((?:\.[a-z]+)+)$/.exec(basename(file)) ?? [];
  return extension === '' ? file : `${dirname(file)}/*${extension}`;
}
