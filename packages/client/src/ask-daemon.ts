import { askOnce } from '@ccproxy/ipc/ask-once';
import type { AppPaths } from '@ccproxy/kernel';
import type { DaemonStatusReport } from './daemon-client.js';

/**
 * What the running daemon says of itself, by the shortest way. Undefined when it does not answer at once and as usual, for whatever reason:
 * `connectDaemon` waits where waiting helps, and says what is wrong.
 */
export async function askStatus(
  paths: Pick<AppPaths, 'tokenFile' | 'ipcSocket'>,
  own: { readonly client: string; readonly version: string },
): Promise<DaemonStatusReport | undefined> {
  const token = readTokenNow(paths.tokenFile);
  if (token === undefined) return undefined;
  const answer = await askOnce({ path: paths.ipcSocket, token, ...own, pid: process.pid, method: 'daemon.status' });
  return answer as DaemonStatusReport | undefined;
}

/** The token if everything about its file is as it should be. Synchronous: the thread pool costs more than the read. */
function readTokenNow(file: string): string | undefined {
  const { lstatSync, readFileSync } = process.getBuiltinModule('node:fs');
  try {
    const stats = lstatSync(file);
    const uid = process.getuid?.();
    if (!stats.isFile() || (uid !== undefined && stats.uid !== uid)) return undefined;
    const token = readFileSync(file, 'utf8').trim();
    return token === '' ? undefined : token;
  } catch {
    // Missing or not to be read: the careful way finds out which and says so.
    return undefined;
  }
}
