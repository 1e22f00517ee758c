import { openaiToolNames } from '../core/tool-names.js';
import type { Translation } from '../core/translation.js';

export const gemini: Translation = {
  api: 'gemini',
  framing: 'sse',
  toolNames: openaiToolNames,
  traits: () => ({}),
  writeRequest: () => ({}),
  readAnswer: () => ({ event: () => undefined, body: () => undefined, end: () => undefined }),
};
