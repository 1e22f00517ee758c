import { connectDaemon, createDaemonClient } from '@ccproxy/client/connect';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
import { cliVersion } from './cli-version.js';

/**
 * Lets a running daemon read the allowed projects anew. Without one there is nothing to do: the next reads them when it starts.
 * @returns a sentence for the user when the daemon runs and could not be told
 */
export async function tellDaemon(paths: AppPaths): Promise<string | undefined> {
  try {
    const client = createDaemonClient(await connectDaemon({ paths, client: 'ccproxy allow', version: cliVersion }));
    try {
      await client.reloadProjects();
    } finally {
      await client.close();
    }
    return undefined;
  } catch (error) {
    if (!CcproxyError.isInstance(error)) throw error;
    if (error.code === 'CCP_DAEMON_NOT_RUNNING') return undefined;
    return `The running daemon could not be told (${error.message}); run \`ccproxy restart\`.`;
  }
}
