import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface SpawnSourceOptions {
  readonly stdio: StdioOptions;
  /** Largest file the process may write, in bytes (RLIMIT_FSIZE): writing more fails with EFBIG. */
  readonly maxFileBytes?: number;
}

/** Runs `<name>.ts` of this directory as a process of its own, from the sources. */
export function spawnSource(name: string, args: readonly string[], options: SpawnSourceOptions): ChildProcess {
  const path = (file: string): string => fileURLToPath(new URL(`./${file}.ts`, import.meta.url));
  const node = [process.execPath, '--conditions=@ccproxy/source', '--import', path('resolve-sources'), path(name), ...args];
  const env = { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' };
  if (options.maxFileBytes === undefined) return spawn(node[0] ?? '', node.slice(1), { stdio: options.stdio, env });
  // POSIX counts `ulimit -f` in blocks of 512 bytes.
  const limit = `ulimit -f ${Math.floor(options.maxFileBytes / 512)} && exec "$@"`;
  return spawn('/bin/sh', ['-c', limit, 'sh', ...node], { stdio: options.stdio, env });
}
