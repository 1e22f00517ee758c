import type { JsonObject } from '@ccproxy/wire';
import type { AssistantPart, AssistantTurn } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';

/**
 * The items of an assistant's turn. Calls stand together at its end, each behind its own reasoning; text that followed
 * a call goes before the first (row 41).
 */
export function writeAssistant({ parts }: AssistantTurn, scope: RequestScope): JsonObject[] {
  const firstCall = parts.findIndex((part) => part.type === 'call');
  const early = firstCall === -1 ? parts : parts.slice(0, firstCall);
  const late = firstCall === -1 ? [] : parts.slice(firstCall);
  const ordered = [...early, ...late.filter((part) => part.type === 'text'), ...late.filter((part) => part.type !== 'text')];
  return ordered.flatMap((part) => writePart(part, scope));
}

function writePart(part: AssistantPart, scope: RequestScope): JsonObject[] {
  if (part.type === 'text') return [{ role: 'assistant', content: [{ type: 'output_text', text: part.text }] }];
  if (part.type === 'call') return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: JSON.stringify(part.input) }];
  if (scope.capabilities.replayReasoning === false) return [];
  // What the provider encrypted goes back as it was (row 85); reasoning in the open only to models that want it.
  if (part.payload !== '')
    return [
      {
        type: 'reasoning',
        summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
        encrypted_content: part.payload,
      },
    ];
  if (scope.capabilities.replayReasoning !== true || part.text === '') return [];
  return [{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: part.text }] }];
}
