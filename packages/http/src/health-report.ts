import type { Clock } from '@ccproxy/kernel';
import type { DaemonModule } from './daemon-module.js';

export type HealthStatus = 'ok' | 'draining';

/** The anonymous form: exactly these three keys (the agent service's contract). */
export interface HealthSummary {
  readonly status: HealthStatus;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly active_agents: number;
}

export interface HealthSource {
  readonly modules: readonly DaemonModule[];
  readonly clock: Clock;
  readonly version: string;
  readonly isDraining: () => boolean;
}

type Part = Readonly<Record<string, unknown>>;

/** One failing module is shown as such and hides nothing of the others. */
function partOf(module: DaemonModule): Part {
  try {
    return module.health?.() ?? {};
  } catch (error) {
    return { [module.name]: { error: error instanceof Error ? error.message : 'unknown failure' } };
  }
}

const summary = ({ clock, isDraining }: HealthSource, parts: readonly Part[]): HealthSummary => ({
  status: isDraining() ? 'draining' : 'ok',
  timestamp: new Date(clock.now()).toISOString(),
  active_agents: parts.reduce((sum, part) => sum + (typeof part['active_agents'] === 'number' ? part['active_agents'] : 0), 0),
});

export const healthSummary = (source: HealthSource): HealthSummary => summary(source, source.modules.map(partOf));

/** The form for callers with a token: what every module reports, merged, under the three keys of the summary and the version. */
export function healthReport(source: HealthSource): HealthSummary & Part {
  const parts = source.modules.map(partOf);
  return { ...Object.assign({}, ...parts), ...summary(source, parts), version: source.version };
}
