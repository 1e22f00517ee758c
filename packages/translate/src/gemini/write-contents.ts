import type { JsonObject } from '@ccproxy/wire';
import type { AssistantPart, ContentPart, Conversation, ToolResult, Turn } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';
import { systemReminder } from '../request/system-reminder.js';
import { writeMedia } from './write-media.js';
import { anySignature, decodeThoughtSignature } from './thought-signature.js';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** The turns of a conversation: the roles alternate and the user begins, as calls may only follow a user's turn (row 12). */
export function writeContents({ turns }: Conversation, scope: RequestScope): readonly JsonObject[] {
  const contents: Content[] = [];
  for (const turn of turns) {
    const parts = turnParts(turn, scope);
    const role = turn.role === 'assistant' ? 'model' : 'user';
    const last = contents.at(-1);
    if (parts.length === 0) continue;
    if (last?.role !== role) contents.push({ role, parts: [...parts] });
    else for (const part of parts) last.parts.push(part);
  }
  if (contents[0]?.role === 'model') contents.unshift({ role: 'user', parts: [{ text: '(The conversation begins here.)' }] });
  return contents.map(({ role, parts }) => ({ role, parts }));
}

function turnParts(turn: Turn, scope: RequestScope): readonly JsonObject[] {
  if (turn.role === 'system') return [{ text: systemReminder(turn.text) }];
  if (turn.role === 'assistant') return modelParts(turn.parts);
  const media = turn.results.flatMap((result) => resultMedia(result, scope));
  return [...turn.results.map(functionResponse), ...media, ...turn.parts.map((part) => userPart(part, scope))];
}

const userPart = (part: ContentPart, scope: RequestScope): JsonObject =>
  part.type === 'text' ? { text: part.text } : writeMedia(part, scope);

/** All results stand together before anything else: their number is compared with that of the calls. */
function functionResponse({ id, name, isError, parts }: ToolResult): JsonObject {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  return { functionResponse: { id, name, response: isError ? { error: text } : { output: text } } };
}

/** Pictures and documents of a result, with a word on where they belong (row 33). */
function resultMedia({ name, parts }: ToolResult, scope: RequestScope): readonly JsonObject[] {
  const media = parts.filter((part) => part.type !== 'text');
  return media.length === 0 ? [] : [{ text: `[Part of the result of ${name}:]` }, ...media.map((part) => writeMedia(part, scope))];
}

/** Signatures go back with the part they came with; the first call of a turn always has one (row 63). */
function modelParts(parts: readonly AssistantPart[]): readonly JsonObject[] {
  const out: JsonObject[] = [];
  const waiting: { call?: string; text?: string } = {};
  const take = (part: 'call' | 'text'): JsonObject => {
    const signature = waiting[part];
    delete waiting[part];
    return signature === undefined ? {} : { thoughtSignature: signature };
  };
  let calls = 0;
  for (const part of parts) {
    if (part.type === 'text') out.push({ text: part.text, ...take('text') });
    else if (part.type === 'call') {
      const signed = take('call');
      const first = calls === 0 ? { thoughtSignature: anySignature } : {};
      calls += 1;
      out.push({ functionCall: { id: part.id, name: part.name, args: part.input }, ...first, ...signed });
    } else {
      const carried = decodeThoughtSignature(part.payload);
      if (carried?.part === 'thought') out.push({ text: part.text, thought: true, thoughtSignature: carried.signature });
      else if (carried !== undefined) waiting[carried.part] = carried.signature;
    }
  }
  return out;
}
