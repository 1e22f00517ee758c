import { askOnce } from '@ccproxy/ipc/ask-once';
import type { AppPaths } from '@ccproxy/kernel';
import type { DaemonStatusReport } from './daemon-client.js';
import { readToken } from './own-file.js';

/**
 * What the running daemon says of itself, by the shortest way. Undefined when it does not answer at once and as usual, for whatever reason:
 * `connectDaemon` waits where waiting helps, and says what is wrong.
 * @throws CCP_PERMISSION_DENIED, CCP_TOO_MANY_FILES
 */
export async function askStatus(
  paths: AppPaths,
  own: { readonly client: string; readonly version: string },
): Promise<DaemonStatusReport | undefined> {
  const token = await readToken(paths);
  if (token === undefined) return undefined;
  const answer = await askOnce({ path: paths.ipcSocket, token, ...own, pid: process.pid, method: 'daemon.status' });
  return answer as DaemonStatusReport | undefined;
}
