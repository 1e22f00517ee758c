import type { Capabilities, CapabilityRule } from '@ccproxy/config';
import type { RequestNotes } from '../provider.js';
import { knownModels } from './known-models.js';
import { fitsModel } from './model-glob.js';

/** What is known of one model of one provider. */
export interface ModelAbilities {
  readonly capabilities: Capabilities;
  /** Its window is what the user says, not what the table thinks: a request that exceeds it need not be sent. */
  readonly windowIsCertain: boolean;
}

/** What the rules say together; of two that speak of the same, the first. */
function firstOf(rules: readonly CapabilityRule[], names: readonly string[]): Capabilities {
  let found: Capabilities = {};
  for (const { pattern, can } of rules) if (names.some((name) => fitsModel(pattern, name))) found = { ...can, ...found };
  return found;
}

/**
 * What a model can do: limits of the target before `capabilities` of the configuration before the built-in table. A pattern fits the
 * model's name or `provider/model`.
 */
export function resolveCapabilities(
  provider: string,
  model: string,
  rules: readonly CapabilityRule[],
  limits: Partial<RequestNotes['limits']> = {},
): ModelAbilities {
  const said = firstOf(rules, [model, `${provider}/${model}`]);
  const { context = said.context, output = said.output } = limits;
  const capabilities = {
    ...firstOf(knownModels, [model]),
    ...said,
    ...(context === undefined ? {} : { context }),
    ...(output === undefined ? {} : { output }),
  };
  return { capabilities, windowIsCertain: context !== undefined };
}
