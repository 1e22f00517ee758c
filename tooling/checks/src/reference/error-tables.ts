import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { published, type Repository } from '../repository.ts';

/** The permanent part of one coded error, as its package's table declares it. */
export interface ErrorEntry {
  readonly code: string;
  /** Package that owns it. */
  readonly owner: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly exitCode: number;
  readonly httpStatus: number;
}

/** Under this key `defineErrors` of @ccproxy/kernel keeps what a table was made from. */
const specsKey = Symbol.for('ccproxy.error-specs');

export interface ErrorTables {
  readonly entries: readonly ErrorEntry[];
  /** Packages whose table could not be read. */
  readonly missing: readonly string[];
}

/** Reads the compiled error table of every package that has one (`src/errors.ts`, exported as `errors`). */
export async function errorTables(repository: Repository): Promise<ErrorTables> {
  const entries: ErrorEntry[] = [];
  const missing: string[] = [];
  for (const { folder, name } of published(repository)) {
    if (!repository.exists(`${folder}/src/errors.ts`)) continue;
    const file = `${folder}/dist/errors.js`;
    const specs = repository.exists(file) ? await readSpecs(join(repository.root, file)) : undefined;
    if (specs === undefined)
      missing.push(`${folder}: dist/errors.js exports no table made by defineErrors as \`errors\`; run \`pnpm build\`.`);
    else entries.push(...Object.entries(specs).map(([code, spec]) => ({ ...spec, code, owner: name })));
  }
  return { entries: entries.toSorted((a, b) => (a.code < b.code ? -1 : 1)), missing };
}

async function readSpecs(file: string): Promise<Readonly<Record<string, Omit<ErrorEntry, 'code' | 'owner'>>> | undefined> {
  const module = (await import(pathToFileURL(file).href)) as {
    errors?: Readonly<Record<symbol, Readonly<Record<string, Omit<ErrorEntry, 'code' | 'owner'>>>>>;
  };
  return module.errors?.[specsKey];
}

export async function renderErrors(repository: Repository): Promise<string> {
  const { entries } = await errorTables(repository);
  const exits = ['', '1 failed', '2 usage or configuration', '3 daemon not running'];
  const section = (entry: ErrorEntry): string =>
    [
      `## ${entry.code}`,
      `**${entry.title}** (${entry.owner}, HTTP ${entry.httpStatus}, exit code ${exits[entry.exitCode] ?? entry.exitCode})`,
      entry.why,
      `What to do: ${entry.fix}`,
    ].join('\n\n');
  return [
    '# Error codes',
    'Every failure ccproxy reports has a permanent code. Generated from the tables in the packages: `pnpm docs`.',
    ...entries.map(section),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}
