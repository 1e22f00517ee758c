import {
  configMethodNames,
  daemonMethodNames as names,
  type IpcConnection,
  type IpcName,
  type IpcSubscription,
} from '@ccproxy/ipc/connect';

type InputOf<Name> = Name extends IpcName<infer Input> ? Input : never;
type OutputOf<Name> = Name extends IpcName<infer _Input, infer Output> ? Output : never;
type Names = typeof names;

export type ConfigDifferences = OutputOf<(typeof configMethodNames)['reload']>;
export type DaemonStatusReport = OutputOf<Names['status']>;
export type SessionGrant = OutputOf<Names['sessionOpen']>;
export type LeaseGrant = OutputOf<Names['leaseOpen']>;

/** What the daemon can be asked. Every call rejects with the daemon's coded error or with one of the connection. */
export interface DaemonClient {
  readonly connection: IpcConnection;
  status(): Promise<DaemonStatusReport>;
  /** Begins to drain; the daemon exits at the latest after `drainTimeoutMs` (its own setting when absent). */
  stop(input?: InputOf<Names['stop']>): Promise<OutputOf<Names['stop']>>;
  /** Answers when the successor is ready. */
  restart(input?: InputOf<Names['restart']>): Promise<OutputOf<Names['restart']>>;
  /** Keeps the daemon wanted until the connection closes. */
  openLease(input: InputOf<Names['leaseOpen']>): Promise<LeaseGrant>;
  /** A lease with a gateway token, both valid until the connection closes. */
  openSession(input: InputOf<Names['sessionOpen']>): Promise<SessionGrant>;
  /** Ties a session that survived a restart of the daemon to this connection; `known` false: it ended. */
  resumeSession(input: InputOf<Names['sessionResume']>): Promise<OutputOf<Names['sessionResume']>>;
  /** After a project was allowed or denied. */
  reloadProjects(): Promise<OutputOf<Names['projectsReload']>>;
  /** Live log lines; `dropped` counts those lost right before because this side was too slow. */
  followLogs(input: InputOf<Names['logsFollow']>, onLine: (line: string, dropped: number) => void): IpcSubscription;
  recentLedger(limit: number): Promise<OutputOf<Names['ledgerRecent']>['rows']>;
  /** Newest first; none after `until` (ms since the epoch) when that is given. */
  recentDecisions(limit: number, until?: number): Promise<OutputOf<Names['decisionsRecent']>['decisions']>;
  activeConfig(): Promise<OutputOf<Names['configActive']>>;
  /** Reads the configuration file anew and puts it in force; rejects with what is wrong, and then nothing has changed. */
  reloadConfig(): Promise<ConfigDifferences>;
  /** What a reload would change; of another file when one is named (absolute). */
  compareConfig(file?: string): Promise<ConfigDifferences>;
  close(): Promise<void>;
}

/** A successor has a minute to get ready before the daemon gives up on it; its own answer comes first. */
const RESTART_MS = 90_000;
/** Fetching a required token takes up to two minutes; the daemon's own limit comes first. */
const RELOAD_MS = 160_000;

export function createDaemonClient(connection: IpcConnection): DaemonClient {
  return {
    connection,
    status: () => connection.call(names.status, {}),
    stop: (input = {}) => connection.call(names.stop, input),
    restart: (input = {}) => connection.call(names.restart, input, { timeoutMs: RESTART_MS }),
    openLease: (input) => connection.call(names.leaseOpen, input),
    openSession: (input) => connection.call(names.sessionOpen, input),
    resumeSession: (input) => connection.call(names.sessionResume, input),
    reloadProjects: () => connection.call(names.projectsReload, {}),
    followLogs: (input, onLine) =>
      connection.open(names.logsFollow, input, (event, dropped) => onLine(event.line, dropped + (event.dropped ?? 0))),
    recentLedger: async (limit) => (await connection.call(names.ledgerRecent, { limit })).rows,
    recentDecisions: async (limit, until) =>
      (await connection.call(names.decisionsRecent, { limit, ...(until === undefined ? {} : { until }) })).decisions,
    activeConfig: () => connection.call(names.configActive, {}),
    reloadConfig: () => connection.call(configMethodNames.reload, {}, { timeoutMs: RELOAD_MS }),
    compareConfig: (file) => connection.call(configMethodNames.compare, file === undefined ? {} : { file }),
    close: () => connection.close(),
  };
}
