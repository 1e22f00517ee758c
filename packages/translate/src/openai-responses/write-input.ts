import type { JsonObject } from '@ccproxy/wire';
import { addressOf } from '../core/data-url.js';
import type { ContentPart, Conversation, ToolResult, Turn, UserTurn } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';
import { resultText } from '../request/result-text.js';
import { writeAssistant } from './write-assistant.js';

/** `input`: the conversation as items. */
export const writeInput = ({ turns }: Conversation, scope: RequestScope): JsonObject[] => turns.flatMap((turn) => writeTurn(turn, scope));

function writeTurn(turn: Turn, scope: RequestScope): JsonObject[] {
  if (turn.role === 'system') return [{ role: 'system', content: [{ type: 'input_text', text: turn.text }] }];
  return turn.role === 'assistant' ? writeAssistant(turn, scope) : writeUser(turn);
}

function writeUser({ results, parts }: UserTurn): JsonObject[] {
  const answers = results.map((result) => ({ type: 'function_call_output', call_id: result.id, output: writeOutput(result) }));
  return parts.length === 0 ? answers : [...answers, { role: 'user', content: parts.map(writePart) }];
}

/** Text as a string; parts where there is more (row 33). */
function writeOutput(result: ToolResult): string | JsonObject[] {
  if (result.parts.every((part) => part.type === 'text')) return resultText(result);
  const mark = result.isError ? [{ type: 'input_text', text: '[tool error]' }] : [];
  return [...mark, ...result.parts.map(writePart)];
}

function writePart(part: ContentPart): JsonObject {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  if (part.type === 'image') return { type: 'input_image', image_url: addressOf(part.source), detail: 'auto' };
  if (part.source.kind === 'url') return { type: 'input_file', file_url: part.source.url };
  return { type: 'input_file', filename: part.title ?? 'document.pdf', file_data: addressOf(part.source) };
}
