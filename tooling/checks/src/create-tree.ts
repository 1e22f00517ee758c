import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository, type Repository } from './repository.ts';

/** A small repository in a temporary folder, for the tests of the checks. */
export interface Tree {
  readonly repository: Repository;
  [Symbol.dispose](): void;
}

/** Writes the files (objects become JSON) and opens the folder; a root package.json is added when none is given. */
export function createTree(files: Readonly<Record<string, string | object>>): Tree {
  const root = mkdtempSync(join(tmpdir(), 'ccp-tree-'));
  for (const [path, content] of Object.entries({ 'package.json': { name: 'root', private: true }, ...files })) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { repository: openRepository(root), [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
