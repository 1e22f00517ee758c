import { endWithReader } from './end-with-reader.js';

/**
 * Entry of the `ccproxy` bin. Hot commands are answered before oclif is loaded (oclif costs as much as an empty Node, measured);
 * anything unusual falls through to oclif, which knows every command, plugin and help text.
 * @param write where a hot command writes its answer; stdout when absent
 */
export async function main(argv: readonly string[], write?: (text: string) => void): Promise<void> {
  if (argv[0] === 'status') {
    const { fastStatus } = await import('./fast-status.js');
    if (await fastStatus(argv.slice(1), write)) return;
  }
  endWithReader(process);
  if (argv[0] === 'claude' || argv[0] === 'exec') {
    const { leaveStdin } = await import('./leave-stdin.js');
    leaveStdin();
  }
  // The cache pays for oclif's hundred files; for the few of a hot command it costs as much as it saves (measured).
  const { compileCacheDir } = await import('./compile-cache-dir.js');
  const cache = compileCacheDir(process.env);
  if (cache !== undefined) process.getBuiltinModule('node:module').enableCompileCache(cache);
  const { runOclif } = await import('./run-oclif.js');
  await runOclif(argv);
}
