import { fileURLToPath } from 'node:url';
import { handle } from '@oclif/core/handle';
import { flush } from '@oclif/core/flush';
import { run } from '@oclif/core/run';

/** Runs a command line through oclif; its own errors (an unknown command, a missing plugin) end with exit code 2. */
export async function runOclif(argv: readonly string[]): Promise<void> {
  try {
    await run([...argv], fileURLToPath(new URL('../package.json', import.meta.url)));
    await flush();
  } catch (error) {
    await handle(error as Error);
  }
}
