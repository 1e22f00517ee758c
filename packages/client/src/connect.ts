/** Everything needed to talk to a running daemon, and nothing that costs start-up time. */
export { connectDaemon, type ConnectDaemonOptions } from './connect-daemon.js';
export {
  type ConfigDifferences,
  createDaemonClient,
  type DaemonClient,
  type DaemonStatusReport,
  type LeaseGrant,
  type SessionGrant,
} from './daemon-client.js';
export { type DaemonState, parseDaemonState } from './daemon-state.js';
export { errors as clientErrors } from './errors.js';
export { explainConnectFailure } from './explain-connect-failure.js';
export { probeProvider, type ProviderProbe } from './probe-provider.js';
export { type VersionSkew, versionSkew } from './version-skew.js';
