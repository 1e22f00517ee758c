import type { Translation } from '../core/translation.js';
import { openaiToolNames } from '../core/tool-names.js';

export const openaiResponses: Translation = {
  api: 'openai-responses',
  framing: 'sse',
  toolNames: openaiToolNames,
  traits: () => ({}),
  writeRequest: () => ({}),
  readAnswer: () => ({ event: () => undefined, body: () => undefined, end: () => undefined }),
};
