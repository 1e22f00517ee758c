import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './bins.ts';
import { createProcesses } from './processes.ts';

/** Packs every public package into a folder, as it would be published; answers the tarballs. Throws with pnpm's words when one cannot be packed. */
export async function packPublished(folder: string): Promise<string[]> {
  await using processes = createProcesses();
  const filters = ['--filter', './packages/*', '--filter', './apps/*'];
  const pnpm = processes.spawn('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', folder], {
    cwd: repositoryRoot,
    cmd: true,
  });
  const { code } = await pnpm.ended;
  if (code !== 0) throw new Error(`pnpm could not pack the packages:\n${pnpm.stdout()}${pnpm.stderr()}`);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => join(folder, file));
}
