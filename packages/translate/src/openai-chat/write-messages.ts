import type { JsonObject } from '@ccproxy/wire';
import { addressOf } from '../core/data-url.js';
import type { ContentPart, Conversation, Turn, UserTurn } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';
import { mediaOfParts, resultText, textOfParts } from '../request/result-text.js';
import { systemReminder } from '../request/system-reminder.js';
import { writeAssistant } from './write-assistant.js';

const separator = '\n\n';

/** `messages` of a chat completion. */
export function writeMessages({ system, turns }: Conversation, scope: RequestScope): JsonObject[] {
  const prompt = system.length === 0 ? [] : [{ role: 'system', content: system.join(separator) }];
  return [...prompt, ...turns.flatMap((turn) => writeTurn(turn, scope))];
}

function writeTurn(turn: Turn, scope: RequestScope): JsonObject[] {
  if (turn.role === 'system') return [{ role: 'user', content: systemReminder(turn.text) }];
  return turn.role === 'assistant' ? writeAssistant(turn, scope) : writeUser(turn, scope);
}

/**
 * Results stand directly behind the calls and hold text alone; their pictures follow behind the last of them, in a
 * message of the user (row 33).
 */
function writeUser({ results, parts }: UserTurn, scope: RequestScope): JsonObject[] {
  const answers = results.map((result) => ({
    role: 'tool',
    tool_call_id: result.id,
    content: resultText(result) || (mediaOfParts(result.parts).length > 0 ? '[Its content follows in the next message.]' : ''),
  }));
  const shown = results.flatMap((result): ContentPart[] => {
    const media = mediaOfParts(result.parts);
    return media.length === 0 ? [] : [{ type: 'text', text: `[Content returned by ${result.name}:]` }, ...media];
  });
  const said = [...shown, ...parts];
  return said.length === 0 ? answers : [...answers, { role: 'user', content: writeContent(said, scope) }];
}

/** A string where there is nothing but text: not every server takes parts. */
function writeContent(parts: readonly ContentPart[], scope: RequestScope): string | JsonObject[] {
  return parts.every((part) => part.type === 'text') ? textOfParts(parts) : parts.map((part) => writePart(part, scope));
}

function writePart(part: ContentPart, scope: RequestScope): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'image') return { type: 'image_url', image_url: { url: addressOf(part.source) } };
  if (part.source.kind === 'base64')
    return { type: 'file', file: { filename: part.title ?? 'document.pdf', file_data: addressOf(part.source) } };
  scope.drop('document-url', 'meaning');
  return { type: 'text', text: `[Document at ${part.source.url}]` };
}
