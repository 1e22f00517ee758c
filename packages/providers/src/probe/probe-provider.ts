import type { ProviderConfig, ReasoningStyle } from '@ccproxy/config';
import { createProvider, type ProviderDeps } from '../create-provider.js';
import { type Measured, measureModel, type MeasureOptions } from './measure-model.js';
import { probeRequests } from './probe-requests.js';
import { ProbeSession } from './probe-session.js';

export interface ProbeReport {
  readonly provider: string;
  readonly model: string;
  /** Why nothing could be measured; undefined when it answered. */
  readonly failure: string | undefined;
  /** What was measured, by the names of the section `capabilities`. */
  readonly measured: Measured;
  /** Requests that were sent. */
  readonly calls: number;
  /** Lines for the configuration; empty where the table decides nothing. */
  readonly lines: readonly string[];
}

const styles: Readonly<Record<ProviderConfig['type'], readonly ReasoningStyle[]>> = {
  anthropic: [],
  demo: [],
  adapter: [],
  openai: ['effort', 'switch'],
  'openai-responses': ['effort'],
  gemini: ['effort', 'budget'],
  ollama: ['switch', 'effort'],
};

const translated = (type: ProviderConfig['type']): boolean => type !== 'anthropic' && type !== 'demo' && type !== 'adapter';

/** As they stand in `ccproxy.yaml`. */
function capabilityLines(provider: string, model: string, measured: Measured): readonly string[] {
  const entries = Object.entries(measured).map(([key, value]) => `${key}: ${String(value)}`);
  return entries.length === 0 ? [] : ['capabilities:', `  ${JSON.stringify(`${provider}/${model}`)}: { ${entries.join(', ')} }`];
}

/**
 * Measures what a model of a provider can do, by asking it: each request takes one capability for granted and looks at what comes back.
 * Sends about ten small requests, which the provider charges for. Rejects with the reason of `signal` when that aborts.
 */
export async function probeProvider(config: ProviderConfig, model: string, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeReport> {
  const rules = deps.capabilities ?? [];
  const session = new ProbeSession({
    model,
    signal,
    open: (can, watch) => createProvider(config, { ...deps, watch, capabilities: [{ pattern: '*', can }, ...rules] }),
  });
  const report = { provider: config.name, model };
  const first = await session.ask(probeRequests.plain);
  if (!first.ok) return { ...report, failure: first.error, measured: {}, calls: session.calls, lines: [] };
  const options: MeasureOptions = { maxTokens: config.type === 'openai', reasoning: styles[config.type] };
  const measured = await measureModel(session, options);
  const lines = translated(config.type) ? capabilityLines(config.name, model, measured) : [];
  return { ...report, failure: undefined, measured, calls: session.calls, lines };
}
