import { createGatewayModule } from '@ccproxy/gateway';
import type { DaemonModule } from '@ccproxy/http';
import { createDecisionLog, openLedger } from '@ccproxy/ledger';
import { openSqliteStore } from '@ccproxy/store';
import { createCalibration } from '@ccproxy/tokens';
import type { DaemonContext } from './daemon-context.js';
import type { DaemonState } from './open-state.js';
import type { ProjectService } from './project-service.js';

/** Decisions kept for `route explain`: a day of heavy use. */
const decisionRows = 20_000;
const decisionAge = 7 * 86_400_000;
/** Models whose token ratio is remembered. */
const calibratedModels = 256;

/**
 * Opens what the modules share (store, ledger, decision log) and builds the modules. A new capability adds its module here and edits nothing else.
 * @throws CCP_STORE_*, CCP_LEDGER_*
 */
export async function composeModules(
  state: DaemonState,
  context: DaemonContext,
  projects: ProjectService,
): Promise<readonly DaemonModule[]> {
  const { clock } = context;
  const { paths, loaded, log, releases, token } = state;
  const { logger } = log;
  const redact = (text: string): string => state.redactor.redact(text);
  const store = await openSqliteStore({ file: paths.databaseFile, clock, logger });
  releases.defer('store', () => store.close());
  const ledger = await openLedger({ dir: paths.dataDir, database: store, clock, logger, redact });
  releases.defer('ledger', () => ledger.stop());
  const decisions = createDecisionLog({ database: store, clock, logger, redact, capacityRows: decisionRows, maxAgeMs: decisionAge });
  releases.defer('decision log', () => decisions.stop());
  const gateway = createGatewayModule({
    config: loaded.config,
    clock,
    logger,
    ledger,
    decisions,
    accessLog: log.access,
    calibration: createCalibration({ capacity: calibratedModels }),
    env: context.env,
    limits: store.keyValue('limits'),
    random: Math.random,
    secrets: state.secrets,
    projects: projects.projects,
    localSecrets: () => [token, ...projects.secrets()],
  });
  const storage: DaemonModule = {
    name: 'store',
    health: () => ({ database: store.health(), ledger: ledger.health(), decisions: decisions.health() }),
  };
  return [storage, projects.module, gateway];
}
