import { openaiToolNames } from '../core/tool-names.js';
import type { Translation } from '../core/translation.js';
import { readAnswer } from './read-answer.js';
import { traits } from './traits.js';
import { writeRequest } from './write-request.js';

/** OpenAI Chat Completions, and the many servers that speak it. */
export const openaiChat: Translation = {
  api: 'openai-chat',
  framing: 'sse',
  toolNames: openaiToolNames,
  traits,
  writeRequest,
  readAnswer,
};
