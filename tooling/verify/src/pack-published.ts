import { runCommand } from './run-command.ts';

/** Packs every public package into a folder, as it would be published. Throws with pnpm's words when one cannot be packed. */
export async function packPublished(folder: string): Promise<void> {
  const filters = ['--filter', './packages/*', '--filter', './apps/*'];
  const { code, output } = await runCommand('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', folder]);
  if (code !== 0) throw new Error(`pnpm could not pack the packages:\n${output}`);
}
