import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '@ccproxy/kernel';

/**
 * Makes the first epoch when there is none (docs/adr/0009-shell-state-tree.md): "no daemon serves". Without a mark to test, a hook would look
 * at everything at every prompt. Any other writer's epoch stays, also one that appears meanwhile.
 */
export async function writeFirstEpoch(shellDir: string): Promise<void> {
  const id = randomBytes(8).toString('hex');
  const mark = path.join(shellDir, `epoch.${id}`);
  const line = path.join(shellDir, `.epoch.${id}.tmp`);
  await writeFile(line, `1 ${id} 4 0 0\n`, { mode: 0o600, flag: 'wx' });
  await writeFile(mark, '', { mode: 0o600, flag: 'wx' });
  try {
    await link(line, path.join(shellDir, 'epoch'));
  } catch (error) {
    await rm(mark, { force: true });
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(line, { force: true });
  }
}
