import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A private folder for Node's compile cache (the default is shared between users in the temporary folder, so its content
 * would be another user's code). undefined when no private folder can be had: the program then runs without a cache.
 */
export function compileCacheDir(env: NodeJS.ProcessEnv): string | undefined {
  // As an import it would load the file streams too, 4 ms.
  const { mkdirSync, statSync } = process.getBuiltinModule('node:fs');
  const base = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache');
  const folder = join(base, 'ccproxy', 'compile');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = statSync(folder);
    const uid = process.getuid?.();
    return uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0) ? folder : undefined;
  } catch {
    // A read-only or missing home is no reason to fail: the cache only saves time.
    return undefined;
  }
}
