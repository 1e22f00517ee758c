import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import { errors } from '../errors.js';
import { blocksOf, textOf } from './block-members.js';
import type { AssistantPart, ContentPart, Conversation, ToolCallPart, Turn } from './conversation.js';
import { createResultMatcher } from './match-results.js';
import { readAssistant } from './read-assistant.js';
import { readContent } from './read-content.js';
import { readSystem } from './read-system.js';
import type { RequestScope } from './request-scope.js';

interface Message {
  readonly role: string;
  readonly blocks: readonly JsonObject[];
}

/** The conversation of a Messages request. Throws CCP_TRANSLATE_INVALID, or CCP_TRANSLATE_LOSSY through the scope. */
export function readConversation(body: JsonObject, scope: RequestScope): Conversation {
  const turns: Turn[] = [];
  let calls: readonly ToolCallPart[] = [];
  for (const span of spans(readMessages(body['messages']))) {
    if (span[0]?.role === 'assistant') {
      const parts = readAssistant(
        span.flatMap((message) => message.blocks),
        scope,
      );
      calls = parts.filter((part) => part.type === 'call');
      if (parts.length > 0) appendAssistant(turns, parts);
    } else {
      turns.push(...readSpan(span, calls, scope));
      calls = [];
    }
  }
  if (calls.length > 0) turns.push(...readSpan([], calls, scope));
  if (!turns.some((turn) => turn.role === 'user')) turns.push({ role: 'user', results: [], parts: [{ type: 'text', text: '(no text)' }] });
  return { system: readSystem(body['system']), turns: merged(turns) };
}

function readMessages(messages: unknown): Message[] {
  if (!Array.isArray(messages) || !messages.every(isJsonObject))
    throw errors.CCP_TRANSLATE_INVALID({ message: 'messages must be a list of objects' });
  return messages.map((message, index) => ({
    role: textOf(message, 'role'),
    blocks: blocksOf(message['content'], `messages.${index}`),
  }));
}

/** Runs of messages between which the side changes: the assistant's, and all others'. */
function spans(messages: readonly Message[]): Message[][] {
  const result: Message[][] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last !== undefined && (last[0]?.role === 'assistant') === (message.role === 'assistant')) last.push(message);
    else result.push([message]);
  }
  return result;
}

/** What came between two assistant messages: the results of its calls first, then what was said (rows 5, 12, 32, 37). */
function readSpan(span: readonly Message[], calls: readonly ToolCallPart[], scope: RequestScope): Turn[] {
  const matcher = createResultMatcher(calls, scope);
  const said: Turn[] = [];
  for (const { role, blocks } of span) {
    if (role === 'system') {
      for (const { type } of blocks) if (type !== 'text') scope.drop(`system:${String(type).slice(0, 40)}`, 'hint');
      const text = readSystem(blocks).join('\n\n');
      if (text !== '') said.push({ role: 'system', text });
      continue;
    }
    const parts = blocks.flatMap((block) => (block['type'] === 'tool_result' ? matcher.take(block) : readContent([block], scope)));
    if (parts.length > 0) said.push({ role: 'user', results: [], parts });
  }
  const results = matcher.results();
  return results.length > 0 ? [{ role: 'user', results, parts: [] }, ...said] : said;
}

/** Users' turns that follow each other become one. */
function merged(turns: readonly Turn[]): Turn[] {
  const result: Turn[] = [];
  let open: ContentPart[] | undefined;
  for (const turn of turns) {
    if (turn.role !== 'user') {
      open = undefined;
      result.push(turn);
    } else if (open === undefined) {
      open = [...turn.parts];
      result.push({ role: 'user', results: turn.results, parts: open });
    } else for (const part of turn.parts) open.push(part);
  }
  return result;
}

/** An assistant's turn after one of its own (what stood between was empty) joins it, unless calls are waiting there. */
function appendAssistant(turns: Turn[], parts: readonly AssistantPart[]): void {
  const last = turns.at(-1);
  if (last?.role === 'assistant') turns[turns.length - 1] = { role: 'assistant', parts: [...last.parts, ...parts] };
  else turns.push({ role: 'assistant', parts });
}
