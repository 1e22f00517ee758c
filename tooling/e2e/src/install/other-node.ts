import { join } from 'node:path';
import { type Processes, repositoryRoot } from '@ccproxy-internal/test-kit';

/** Path of the Node binary of a version; the bootstrap fetches it from npm once per checkout. */
export async function otherNode(processes: Processes, version: string): Promise<string> {
  const run = processes.spawn(process.execPath, [join(repositoryRoot, 'tooling', 'bootstrap.mjs'), 'fetch-node', version]);
  const { code } = await run.ended;
  if (code !== 0) throw new Error(run.stderr());
  return run.stdout().trim();
}
