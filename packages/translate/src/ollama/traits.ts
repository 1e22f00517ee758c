import type { ModelCapabilities } from '../core/model-capabilities.js';

/** The words gpt-oss knows; other models are switched on and off (https://docs.ollama.com/capabilities/thinking). */
const efforts = ['low', 'medium', 'high'];

/** What the name of a model tells about it. No model of Ollama reads PDF (https://docs.ollama.com/api/anthropic-compatibility). */
export const traits = (model: string): ModelCapabilities => ({
  pdf: false,
  webSearch: false,
  ...(/(?:^|\/)gpt-oss/.test(model) ? { reasoning: 'effort', efforts } : {}),
});
