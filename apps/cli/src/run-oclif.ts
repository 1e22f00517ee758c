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
    const failure = error as Error & { oclif?: { exit?: number } };
    // plugin-not-found ends with the shell's 127; an unknown command of ours is wrong usage.
    if (failure.oclif?.exit === 127) failure.oclif.exit = 2;
    await handle(failure);
  }
}
