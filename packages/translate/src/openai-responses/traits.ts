import type { ModelCapabilities } from '../core/model-capabilities.js';
import { traits as chatTraits } from '../openai-chat/traits.js';

/** What is known by name of models behind Responses: the same models as behind Chat Completions, and what only this API gives them. */
export function traits(model: string): ModelCapabilities {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const openai = /^(?:gpt-[45]|chatgpt|o\d)/.test(name);
  return { ...chatTraits(model), ...(openai ? { webSearch: true } : {}) };
}
