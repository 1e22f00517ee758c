import { dirname, join } from 'node:path/posix';
import { importStatements, packageOf } from '../import-statements.ts';
import type { Repository, WorkspacePackage } from '../repository.ts';

export interface Closure {
  /** Package to the chain of files that reaches it first. */
  readonly reached: ReadonlyMap<string, readonly string[]>;
  /** Imports that lead nowhere: something is not built. */
  readonly missing: readonly string[];
}

const bin = 'apps/cli/bin/';

const sources = 'apps/cli/src/';
const isShipped = (file: string): boolean => file.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(file);

/**
 * Follows every import, literal `import()` included, from the bins and the sources of the command line (what is compiled of them is bundled)
 * through the compiled packages of the workspace. Packages of others are named, not entered.
 */
export function cliClosure(repository: Repository): Closure {
  const reached = new Map<string, readonly string[]>();
  const missing: string[] = [];
  const seen = new Set<string>();
  const bins = repository.filesBelow('apps/cli/bin').filter((file) => file.endsWith('.js'));
  if (bins.length === 0) missing.push(`there is no ${bin}*.js.`);
  const queue: (readonly string[])[] = [...bins, ...repository.filesBelow('apps/cli/src').filter(isShipped)].map((file) => [file]);

  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    const file = chain.at(-1) ?? '';
    if (seen.has(file)) continue;
    seen.add(file);
    if (!repository.exists(file)) {
      missing.push(`${file} is imported but does not exist; run \`pnpm build\`.`);
      continue;
    }
    for (const { specifier, typeOnly } of importStatements(repository.read(file))) {
      if (typeOnly) continue;
      const name = packageOf(specifier);
      const member = repository.packages.find((candidate) => candidate.name === name);
      const entry = member === undefined ? name : specifier;
      if (entry !== undefined && !reached.has(entry)) reached.set(entry, chain);
      const next = specifier.startsWith('.') ? sourceOf(join(dirname(file), specifier)) : exportedFile(member, specifier);
      if (next !== undefined) queue.push([...chain, next]);
    }
  }
  return { reached, missing };
}

/** Within the command line the source stands for what is compiled of it; data has none. */
function sourceOf(file: string): string | undefined {
  const source = file.replace(/^apps\/cli\/dist\//, sources);
  if (!source.startsWith(sources)) return file;
  return source.endsWith('.js') ? source.replace(/\.js$/, '.ts') : undefined;
}

/** The compiled file behind a subpath of a workspace package; undefined for packages of others and for data. */
function exportedFile(member: WorkspacePackage | undefined, specifier: string): string | undefined {
  if (member === undefined) return undefined;
  const entry = member.manifest.exports?.[`.${specifier.slice(member.name.length)}`];
  const file = typeof entry === 'string' ? entry : entry?.['default'];
  return file?.endsWith('.js') ? join(member.folder, file) : undefined;
}

/** The checked-in list: a new dependency of the command line is seen in review. */
export function renderCliClosure(repository: Repository): string {
  const own = (entry: string): boolean => repository.packages.some((member) => member.name === packageOf(entry));
  const names = [...cliClosure(repository).reached.keys()].toSorted();
  const section = (title: string, list: readonly string[]): string => `${title}\n${list.map((name) => `  ${name}\n`).join('')}`;
  return [
    'What the command line can load, by following every import of its bins and commands. Generated: `pnpm docs`.\n',
    section('Packages of this repository', names.filter(own)),
    section(
      'Packages of others',
      names.filter((name) => !own(name)),
    ),
  ].join('\n');
}
