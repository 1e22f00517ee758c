import type { Translation } from '../core/translation.js';
import { writeRequest } from './write-request.js';
import { readAnswer } from './read-answer.js';
import { geminiToolNames } from './write-tools.js';
import { traits } from './traits.js';

/** The Gemini API: `generateContent`, and `streamGenerateContent` with `alt=sse`. */
export const gemini: Translation = {
  api: 'gemini',
  framing: 'sse',
  toolNames: geminiToolNames,
  traits,
  writeRequest,
  readAnswer,
};
