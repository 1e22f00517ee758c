import type { Translation } from './core/translation.js';
import type { WireApi } from './core/wire-api.js';
import { gemini } from './gemini/gemini.js';
import { ollama } from './ollama/ollama.js';
import { openaiChat } from './openai-chat/openai-chat.js';
import { openaiResponses } from './openai-responses/openai-responses.js';

const translations: Readonly<Record<WireApi, Translation>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
  ollama,
};

export const translationOf = (api: WireApi): Translation => translations[api];
