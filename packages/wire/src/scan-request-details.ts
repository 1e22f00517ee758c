import { JsonCursor } from './json-cursor.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import type { ByteSpan } from './messages-view.js';
import { nameTable } from './name-table.js';
import { noMessage, type RequestDetails } from './request-details.js';
import { type MessageDetails, scanMessageDetails } from './scan-message-details.js';

const bodyKeys = nameTable('thinking', 'tools', 'messages', 'system', 'output_config', 'token_count', 'num_tokens', 'input_tokens');
const toolKeys = nameTable('name', 'function');
const nameKey = nameTable('name');
const blockKeys = nameTable('text');
const formatKey = nameTable('format');
const typeKey = nameTable('type');
const jsonSchema = nameTable('json_schema');
/** Names kept of one body, so that a hostile one stays cheap. */
const mostNames = 10_000;

interface Draft {
  thinking: RequestDetails['thinking'];
  declared: readonly string[];
  messages: readonly MessageDetails[];
  system: readonly ByteSpan[];
  jsonOutput: boolean;
  stated: Record<'token_count' | 'num_tokens' | 'input_tokens', number>;
}

/**
 * Reads what {@link RequestDetails} holds from the bytes of a body that `scanMessagesRequest` has accepted: one more linear walk. Equal to
 * what JSON.parse shows, repeated keys (the last wins) included; what has an unexpected type counts as absent. Never throws.
 */
export function scanRequestDetails(body: Buffer): RequestDetails {
  const bom = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const cursor = new JsonCursor(body, bom ? 3 : 0);
  const draft: Draft = {
    thinking: 'absent',
    declared: [],
    messages: [],
    system: [],
    jsonOutput: false,
    stated: { token_count: 0, num_tokens: 0, input_tokens: 0 },
  };
  try {
    if (cursor.atObject()) scanBody(cursor, draft);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // The body was accepted before; what was read up to here still counts.
  }
  const { stated, messages } = draft;
  return {
    thinking: draft.thinking,
    declaredTools: draft.declared,
    usedTools: [...new Set(messages.flatMap(({ used }) => used))].slice(0, mostNames),
    textBytes: messages.reduce((total, { textBytes }) => total + textBytes, 0),
    statedTokens: Math.max(stated.token_count, stated.num_tokens, stated.input_tokens),
    system: draft.system,
    jsonOutput: draft.jsonOutput,
    last: messages.findLast(({ last }) => last.role !== 'system')?.last ?? noMessage,
  };
}

/** The texts of a system prompt whose place is known from the view of its body; nothing else of the body is read. */
export function readSystemTexts(body: Buffer, span: ByteSpan | undefined): readonly ByteSpan[] {
  try {
    return span === undefined ? [] : scanSystem(new JsonCursor(body, span.start));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // Only a body that is not the one of the view.
    return [];
  }
}

function scanBody(cursor: JsonCursor, draft: Draft): void {
  for (let key = cursor.firstKey(bodyKeys); key !== undefined; key = cursor.nextKey(bodyKeys)) {
    switch (key) {
      case 'thinking':
        draft.thinking = truth(cursor);
        break;
      case 'tools':
        draft.declared = scanTools(cursor);
        break;
      case 'messages':
        draft.messages = scanMessages(cursor);
        break;
      case 'system':
        draft.system = scanSystem(cursor);
        break;
      case 'output_config':
        draft.jsonOutput = hasJsonFormat(cursor);
        break;
      case 'token_count':
      case 'num_tokens':
      case 'input_tokens':
        draft.stated[key] = count(cursor);
        break;
      default:
        cursor.skipValue();
    }
  }
}

function truth(cursor: JsonCursor): 'falsy' | 'truthy' {
  if (cursor.atString()) return cursor.readString() === '' ? 'falsy' : 'truthy';
  if (cursor.atObject() || cursor.atArray()) {
    cursor.skipValue();
    return 'truthy';
  }
  const value = cursor.readScalar();
  return value === null || value === false || value === 0 ? 'falsy' : 'truthy';
}

function count(cursor: JsonCursor): number {
  const value = cursor.atString() ? skip(cursor) : cursor.readScalar();
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : 0;
}

function scanTools(cursor: JsonCursor): string[] {
  const names = new Set<string>();
  if (!cursor.atArray()) {
    cursor.skipValue();
    return [];
  }
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    const found = cursor.atString() ? [cursor.readString()] : cursor.atObject() ? toolNames(cursor) : [skip(cursor)];
    for (const name of found) if (name !== undefined && names.size < mostNames) names.add(name);
  }
  return [...names];
}

/** `name` and `function.name` of the tool at the cursor. */
function toolNames(cursor: JsonCursor): (string | undefined)[] {
  let own: string | undefined;
  let inner: string | undefined;
  for (let key = cursor.firstKey(toolKeys); key !== undefined; key = cursor.nextKey(toolKeys)) {
    if (key === 'name') own = text(cursor);
    else if (key === 'function') inner = cursor.atObject() ? nameOf(cursor) : skip(cursor);
    else cursor.skipValue();
  }
  return [own, inner];
}

function nameOf(cursor: JsonCursor): string | undefined {
  let name: string | undefined;
  for (let key = cursor.firstKey(nameKey); key !== undefined; key = cursor.nextKey(nameKey)) {
    if (key === 'name') name = text(cursor);
    else cursor.skipValue();
  }
  return name;
}

function scanMessages(cursor: JsonCursor): MessageDetails[] {
  const messages: MessageDetails[] = [];
  if (!cursor.atArray()) {
    cursor.skipValue();
    return messages;
  }
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    if (cursor.atObject()) messages.push(scanMessageDetails(cursor));
    else cursor.skipValue();
  }
  return messages;
}

function scanSystem(cursor: JsonCursor): ByteSpan[] {
  const own = textSpan(cursor);
  if (own !== undefined) return [own];
  if (!cursor.atArray()) {
    cursor.skipValue();
    return [];
  }
  const spans: ByteSpan[] = [];
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    let span: ByteSpan | undefined;
    if (!cursor.atObject()) {
      cursor.skipValue();
      continue;
    }
    for (let key = cursor.firstKey(blockKeys); key !== undefined; key = cursor.nextKey(blockKeys)) {
      if (key === 'text') span = textSpan(cursor) ?? skip(cursor);
      else cursor.skipValue();
    }
    if (span !== undefined) spans.push(span);
  }
  return spans;
}

function hasJsonFormat(cursor: JsonCursor): boolean {
  let found = false;
  if (!cursor.atObject()) {
    cursor.skipValue();
    return found;
  }
  for (let key = cursor.firstKey(formatKey); key !== undefined; key = cursor.nextKey(formatKey)) {
    if (key === 'format') found = isJsonFormat(cursor);
    else cursor.skipValue();
  }
  return found;
}

function isJsonFormat(cursor: JsonCursor): boolean {
  let found = false;
  if (!cursor.atObject()) {
    cursor.skipValue();
    return found;
  }
  for (let key = cursor.firstKey(typeKey); key !== undefined; key = cursor.nextKey(typeKey)) {
    if (key === 'type' && cursor.atString()) found = cursor.readName(jsonSchema) !== undefined;
    else {
      cursor.skipValue();
      if (key === 'type') found = false;
    }
  }
  return found;
}

/** The span of the string at the cursor, which is skipped; undefined, and nothing skipped, when it is something else. */
function textSpan(cursor: JsonCursor): ByteSpan | undefined {
  if (!cursor.atString()) return undefined;
  const start = cursor.pos;
  cursor.skipString();
  return { start, end: cursor.pos };
}

const text = (cursor: JsonCursor): string | undefined => (cursor.atString() ? cursor.readString() : skip(cursor));

function skip(cursor: JsonCursor): undefined {
  cursor.skipValue();
  return undefined;
}
