import { openaiToolNames } from '../core/tool-names.js';
import type { Translation } from '../core/translation.js';
import { writeRequest } from './write-request.js';
import { explainError } from './explain-error.js';
import { readAnswer } from './read-answer.js';
import { traits } from './traits.js';

/** Ollama's own API: `/api/chat`, whose streams are lines of JSON. */
export const ollama: Translation = {
  api: 'ollama',
  framing: 'ndjson',
  toolNames: openaiToolNames,
  traits,
  writeRequest,
  explainError,
  readAnswer,
};
