import { openaiToolNames } from '../core/tool-names.js';
import type { Translation } from '../core/translation.js';
import { readAnswer } from './read-answer.js';
import { traits } from './traits.js';
import { writeRequest } from './write-request.js';

/** OpenAI Responses. */
export const openaiResponses: Translation = {
  api: 'openai-responses',
  framing: 'sse',
  toolNames: openaiToolNames,
  traits,
  writeRequest,
  readAnswer,
};
