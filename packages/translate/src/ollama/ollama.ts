import { openaiToolNames } from '../core/tool-names.js';
import type { Translation } from '../core/translation.js';

export const ollama: Translation = {
  api: 'ollama',
  framing: 'ndjson',
  toolNames: openaiToolNames,
  traits: () => ({}),
  writeRequest: () => ({}),
  readAnswer: () => ({ event: () => undefined, body: () => undefined, end: () => undefined }),
};
