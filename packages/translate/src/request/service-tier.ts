import type { Parameters } from './parameters.js';
import type { RequestScope } from './request-scope.js';

/** `service_tier` of OpenAI's APIs: a priority is passed on, `auto` is nothing, anything else is noted as dropped (row 55). */
export function serviceTier({ serviceTier: wanted }: Parameters, scope: RequestScope): { readonly service_tier?: 'priority' } {
  if (wanted === 'priority' || wanted === 'fast') return { service_tier: 'priority' };
  if (wanted !== undefined && wanted !== 'auto') scope.drop('service_tier', 'hint');
  return {};
}
