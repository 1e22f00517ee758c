import type { Config, ProviderConfig } from '@ccproxy/config';
import type { Clock, Logger, Redactor } from '@ccproxy/kernel';
import type { DecisionLog, Ledger } from '@ccproxy/ledger';
import type { CredentialSource, Provider } from '@ccproxy/providers';
import type { ProjectDirectory } from '@ccproxy/projects';
import type { LimitStore } from '@ccproxy/resilience';
import type { AccessLog } from '@ccproxy/telemetry';
import type { Calibration } from '@ccproxy/tokens';

/** What the gateway is built from. */
export interface GatewayDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: Ledger;
  /** Where routing decisions are kept; without it `decisions.recent` is empty. */
  readonly decisions?: Pick<DecisionLog, 'record' | 'recent'>;
  readonly accessLog: Pick<AccessLog, 'write'>;
  readonly calibration: Calibration;
  /** Environment of the daemon: proxy settings for egress. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** [0, 1) */
  readonly random: () => number;
  /** Makes a provider; `createProvider` of `@ccproxy/providers` when absent. */
  readonly createProvider?: (config: ProviderConfig, source: CredentialSource) => Provider;
  /** Projects the user allowed; without it nothing is served below `/p/`. */
  readonly projects?: ProjectDirectory;
  /** Where what is taken of limits is kept; without it, limits begin anew with the process. */
  readonly limits?: LimitStore;
  /** Learns tokens that are fetched while the daemon runs, before they are used; nobody does when absent. */
  readonly secrets?: Pick<Redactor, 'add' | 'remove'>;
  /** Further local secrets that must not leave in a request body, such as the token of `run/token`. */
  readonly localSecrets?: () => readonly string[];
}
