import { connectDaemon, createDaemonClient, type DaemonClient } from '@ccproxy/client/connect';
import { resolvePaths } from '@ccproxy/kernel';

type LedgerRows = Awaited<ReturnType<DaemonClient['recentLedger']>>;

/** The newest rows of the daemon's ledger, asked over IPC. */
export async function recentLedger(stateDir: string, limit = 20): Promise<LedgerRows> {
  const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir });
  const daemon = createDaemonClient(await connectDaemon({ paths, client: 'client tests', version: '0.0.0' }));
  try {
    return await daemon.recentLedger(limit);
  } finally {
    await daemon.close();
  }
}
