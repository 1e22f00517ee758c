import { listOf, mapOf, textOf, textsOf } from '../source-values.js';
import { litellmVariable } from './litellm-text.js';
import { findUpstream } from './upstreams.js';

/** Variables LiteLLM reads for this file: those it names, and those of makers for entries without a key. */
export function litellmVariables(root: unknown): ReadonlySet<string> {
  const named = textsOf(root).flatMap((text) => litellmVariable(text) ?? []);
  const implied = listOf(mapOf(root)['model_list']).flatMap((entry) => {
    const params = mapOf(mapOf(entry)['litellm_params']);
    const model = textOf(params['model']);
    if (model === undefined || textOf(params['api_key']) !== undefined) return [];
    return findUpstream(model, textOf(params['custom_llm_provider'])).upstream?.keyVariable ?? [];
  });
  return new Set([...named, ...implied]);
}
