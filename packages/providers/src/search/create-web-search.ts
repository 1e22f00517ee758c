import type { WebSearchConfig } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import type { Egress } from '../egress.js';
import { createSearxngBackend } from './searxng-backend.js';
import type { WebSearch } from './serve-web-tools.js';

/** The search engine of a configuration; undefined when there is none, or it cannot be set up, which is logged. */
export function createWebSearch(
  config: WebSearchConfig | undefined,
  deps: { readonly clock: Clock; readonly egress: Egress; readonly logger: Logger },
): WebSearch | undefined {
  if (config === undefined) return undefined;
  try {
    return { backend: createSearxngBackend(config, deps), limits: config };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    deps.logger.error({ reason }, 'the web search cannot be set up');
    return undefined;
  }
}
