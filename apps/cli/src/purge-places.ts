import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { type AppPaths, errnoOf } from '@ccproxy/kernel';

export interface PurgePlaces {
  readonly paths: AppPaths;
  /** Folders of the command line itself: installed plugins, caches. */
  readonly own: readonly string[];
  /** Leave `ccproxy.yaml` and its backup. */
  readonly keepConfig: boolean;
}

/** What `purge` would remove and what is there besides, which it leaves. Looks only. */
export async function purgeTargets({ paths, own, keepConfig }: PurgePlaces): Promise<{ remove: string[]; leave: string[] }> {
  const { root } = paths;
  const state = [paths.runDir, paths.dataDir, paths.cacheDir, paths.envDir, paths.shellDir, paths.runsDir, path.join(root, 'logs')];
  const config = [paths.configFile, `${paths.configFile}.bak`];
  const logs = paths.logsDir === path.join(root, 'logs') ? [] : await logFiles(paths.logsDir);
  const sockets = [paths.ipcSocket, paths.gatewaySocket].filter((socket) => path.isAbsolute(socket) && !isBelow(socket, root));
  const wanted = [...state, ...(keepConfig ? [] : config), ...logs, ...sockets, ...own];
  const remove = await existing([...new Set(wanted)]);
  const known = new Set([...state, ...config]);
  const rest = (await namesIn(root)).map((name) => path.join(root, name)).filter((file) => !known.has(file));
  return { remove, leave: [...rest, ...(keepConfig ? await existing(config) : [])] };
}

/** Removes them, and the state directory when nothing is left in it. */
export async function removeTargets(targets: readonly string[], root: string): Promise<void> {
  for (const target of targets) await rm(target, { recursive: true, force: true, maxRetries: 3 });
  try {
    await rmdir(root);
  } catch (error) {
    const code = errnoOf(error);
    // Something of the user's is in it, or it is gone.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

const isBelow = (file: string, directory: string): boolean => !path.relative(directory, file).startsWith('..');

/** In a directory of the user's choice only the log itself and what rotation made of it. */
async function logFiles(directory: string): Promise<string[]> {
  return (await namesIn(directory)).filter((name) => /^ccproxy\.log(?:\.|$)/u.test(name)).map((name) => path.join(directory, name));
}

async function existing(files: readonly string[]): Promise<string[]> {
  const present = await Promise.all(
    files.map((file) =>
      lstat(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return present.flat();
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
