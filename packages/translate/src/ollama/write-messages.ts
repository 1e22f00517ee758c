import type { JsonObject } from '@ccproxy/wire';
import { errors } from '../errors.js';
import type { AssistantPart, ContentPart, Conversation, ToolResult, Turn } from '../request/conversation.js';
import { systemReminder } from '../request/system-reminder.js';

/**
 * `messages`: one system message, results of tools as messages of their own right behind the calls, and never two
 * messages of the user in a row, as the templates of many models want the roles to alternate. `extra` is said in the
 * system message, after what the client says there.
 */
export function writeMessages({ system, turns }: Conversation, extra: readonly string[]): readonly JsonObject[] {
  const messages: JsonObject[] = [];
  const prompt = [...system, ...extra].join('\n\n');
  if (prompt !== '') messages.push({ role: 'system', content: prompt });
  let said: ContentPart[] = [];
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: 'user', ...contentOf(said) });
    said = [];
  };
  for (const turn of turns) {
    if (turn.role === 'assistant') {
      flush();
      messages.push(assistantMessage(turn.parts));
    } else {
      for (const result of resultsOf(turn)) messages.push(toolMessage(result));
      for (const part of saidIn(turn)) said.push(part);
    }
  }
  flush();
  return messages;
}

const resultsOf = (turn: Turn): readonly ToolResult[] => (turn.role === 'user' ? turn.results : []);

function saidIn(turn: Turn): readonly ContentPart[] {
  if (turn.role === 'system') return [{ type: 'text', text: systemReminder(turn.text) }];
  return turn.role === 'user' ? turn.parts : [];
}

function toolMessage({ id, name, isError, parts }: ToolResult): JsonObject {
  const { content, ...images } = contentOf(parts);
  return { role: 'tool', content: isError ? `[tool error] ${content}` : content, tool_name: name, tool_call_id: id, ...images };
}

/** Texts joined, pictures beside them as bare base64 (translation.md rows 7, 33, 64). */
function contentOf(parts: readonly ContentPart[]): { readonly content: string; readonly images?: readonly string[] } {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of parts) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.source.kind === 'base64') images.push(part.source.data);
    else throw noUrl(part.type);
  }
  return { content: texts.join('\n\n'), ...(images.length === 0 ? {} : { images }) };
}

/** Row 8. https://docs.ollama.com/capabilities/vision: "the REST API expects base64-encoded image data". */
const noUrl = (type: string): Error =>
  errors.CCP_TRANSLATE_INVALID({
    message: `Ollama takes no ${type} by URL; send its bytes as a base64 source`,
    details: { feature: `${type}:url` },
  });

function assistantMessage(parts: readonly AssistantPart[]): JsonObject {
  const content = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  const thinking = parts.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? [part.text] : [])).join('\n\n');
  const calls = parts.flatMap((part) =>
    part.type === 'call' ? [{ id: part.id, function: { name: part.name, arguments: part.input } }] : [],
  );
  return {
    role: 'assistant',
    content,
    ...(thinking === '' ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}
