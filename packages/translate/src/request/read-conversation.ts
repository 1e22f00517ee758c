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
  let calls: readonly ToolCallPart[] = [];
  const said = spans(readMessages(body['messages'])).flatMap((span): Turn[] => {
    const waiting = calls;
    calls = [];
    if (span[0]?.role !== 'assistant') return readSpan(span, waiting, scope);
    const parts = readAssistant(
      span.flatMap((message) => message.blocks),
      scope,
    );
    calls = parts.filter((part) => part.type === 'call');
    return parts.length === 0 ? [] : [{ role: 'assistant', parts }];
  });
  const turns = calls.length === 0 ? said : [...said, ...readSpan([], calls, scope)];
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

/** Turns of one side that follow each other become one: what stood between them was empty. Costs what the turns cost, however many join. */
function merged(turns: readonly Turn[]): Turn[] {
  const result: Turn[] = [];
  let users: ContentPart[] = [];
  let assistants: AssistantPart[] = [];
  for (const turn of turns) {
    const joins = result.at(-1)?.role === turn.role;
    if (turn.role === 'system') result.push(turn);
    else if (turn.role === 'user') {
      if (!joins) result.push({ role: 'user', results: turn.results, parts: (users = []) });
      for (const part of turn.parts) users.push(part);
    } else {
      if (!joins) result.push({ role: 'assistant', parts: (assistants = []) });
      for (const part of turn.parts) assistants.push(part);
    }
  }
  return result;
}
