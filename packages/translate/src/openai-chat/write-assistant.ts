import type { JsonObject } from '@ccproxy/wire';
import type { AssistantTurn, ReasoningPart } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';

const separator = '\n\n';
/** A turn of another model's has no reasoning for this one, which refuses a turn without (row 15). */
const noReasoning = '(not recorded)';

/** One message per turn: its text, its calls, and its own reasoning where the model wants it back (rows 11, 14, 15, 30). */
export function writeAssistant({ parts }: AssistantTurn, scope: RequestScope): JsonObject[] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(separator);
  const calls = parts.flatMap((part) =>
    part.type === 'call' ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(part.input) } }] : [],
  );
  const reasoning = writeReasoningBack(
    parts.filter((part) => part.type === 'reasoning'),
    scope,
  );
  if (text === '' && calls.length === 0) return [];
  return [{ role: 'assistant', content: text === '' ? null : text, ...reasoning, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
}

function writeReasoningBack(parts: readonly ReasoningPart[], { capabilities }: RequestScope): JsonObject {
  if (capabilities.replayReasoning === false) return {};
  const details = parts.flatMap((part) => readDetails(part.payload));
  if (details.length > 0) return { reasoning_details: details };
  if (capabilities.replayReasoning !== true) return {};
  const text = parts.map((part) => part.text).join(separator);
  const field = capabilities.reasoningField === 'reasoning' ? 'reasoning' : 'reasoning_content';
  return { [field]: text === '' ? noReasoning : text };
}

/** What `reasoning-details.ts` put into a signature. A client may send anything as a signature. */
function readDetails(payload: string): unknown[] {
  if (payload === '') return [];
  try {
    const value: unknown = JSON.parse(payload);
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
