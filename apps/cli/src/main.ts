import { enableCompileCache } from 'node:module';
import { compileCacheDir } from './compile-cache-dir.js';

/**
 * Entry of the `ccproxy` bin. Hot commands are answered before oclif is loaded (oclif costs 50 ms, measured: facts of the house);
 * anything unusual falls through to oclif, which knows every command, plugin and help text.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const cache = compileCacheDir(process.env);
  if (cache !== undefined) enableCompileCache(cache);
  if (argv[0] === 'status') {
    const { fastStatus } = await import('./fast-status.js');
    if (await fastStatus(argv.slice(1))) return;
  }
  const { runOclif } = await import('./run-oclif.js');
  await runOclif(argv);
}
