import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from './reference/reference-pages.ts';
import { openRepository } from './repository.ts';

/** `pnpm docs`: writes the reference pages from the built code. */
const repository = openRepository(fileURLToPath(new URL('../../..', import.meta.url)));
for (const { path, render } of referencePages) {
  const text = await render(repository);
  if (text === undefined) {
    console.error(`${path}: what it is written from is not built; run \`pnpm build\` first.`);
    process.exitCode = 1;
    continue;
  }
  const file = join(repository.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${path}`);
}
