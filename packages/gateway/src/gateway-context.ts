import type { Clock, Logger } from '@ccproxy/kernel';
import type { DecisionLog, Ledger } from '@ccproxy/ledger';
import type { ServedProject } from '@ccproxy/projects';
import type { Config, RetryConfig } from '@ccproxy/config';
import type { Provider } from '@ccproxy/providers';
import type { CallerLimits, InFlightTable } from '@ccproxy/resilience';
import type { RouteTable } from '@ccproxy/router';
import type { AccessLog } from '@ccproxy/telemetry';
import type { Calibration } from '@ccproxy/tokens';
import type { Exchange } from './exchange.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { LiveRequests } from './live-requests.js';
import type { FactGivers } from './satisfy-need.js';
import type { Observers } from './observers.js';
import type { Upstream } from './upstreams.js';

/** What the parts of the pipeline share. One per configuration. */
export interface GatewayContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: Ledger;
  readonly accessLog: Pick<AccessLog, 'write'>;
  readonly calibration: Calibration;
  /** With the first of their keys. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly retry: RetryConfig;
  /** Absent: callers have no limits. */
  readonly callers: CallerLimits | undefined;
  /** [0, 1) */
  readonly random: () => number;
  readonly table: RouteTable;
  /** The table of a project; `table` outside of projects. */
  readonly tableOf: (project: ServedProject | undefined) => RouteTable;
  /** Told of every request that is over. */
  readonly observers: Observers;
  /** What gives facts the router asks for. */
  readonly givers: FactGivers;
  readonly decisions: Pick<DecisionLog, 'record' | 'recent'>;
  /** Requests whose answer is not over. */
  readonly live: LiveRequests;
  /** Messages requests that are being answered, which a repetition may join; absent: none may. */
  readonly inFlight: InFlightTable<Exchange> | undefined;
  /** ms */
  readonly headHold: number;
  /** Secrets that must not leave in a body. */
  readonly needles: () => readonly Buffer[];
  /** What a provider of that name is called with, if the credential is one of the configuration; it may repeat it. */
  readonly keysOf: (provider: string) => readonly Buffer[];
  metrics: GatewayMetrics;
}
