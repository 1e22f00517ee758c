import { connectDaemon, createDaemonClient, type DaemonStatusReport } from '@ccproxy/client/connect';
import type { AppPaths } from '@ccproxy/kernel/paths';
import { cliVersion } from './cli-version.js';

/** Asks the running daemon. @throws CCP_DAEMON_NOT_RUNNING (exit code 3) and other failures of the connection */
export async function readStatus(paths: AppPaths): Promise<DaemonStatusReport> {
  const connection = await connectDaemon({ paths, client: 'ccproxy status', version: cliVersion });
  try {
    return await createDaemonClient(connection).status();
  } finally {
    await connection.close();
  }
}
