import type { Check } from '../check.ts';
import { type ReferencePage, referencePages } from '../reference/reference-pages.ts';
import type { Repository } from '../repository.ts';

/** The pages written from the code say what the code says. */
export const referenceDocs: Check = {
  name: 'reference pages',
  run: async (repository) => (await Promise.all(referencePages.map((page) => pageProblems(repository, page)))).flat(),
};

export async function pageProblems(repository: Repository, { path, render }: ReferencePage): Promise<string[]> {
  const wanted = await render(repository);
  if (wanted === undefined) return [`${path}: what it is written from is not built; run \`pnpm build\`.`];
  if (!repository.exists(path)) return [`${path}: is missing; run \`pnpm docs\` and commit it.`];
  const found = repository.read(path).split('\n');
  const line = wanted.split('\n').findIndex((text, index) => text !== found[index]);
  if (line < 0 && found.length === wanted.split('\n').length) return [];
  return [`${path}:${line < 0 ? found.length : line + 1}: differs from the code; run \`pnpm docs\` and commit it.`];
}
