import { JsonCursor } from './json-cursor.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import type { ByteSpan, MediaView, MessageExtent, MessagesView, ScanResult, ToolView } from './messages-view.js';
import { nameTable } from './name-table.js';
import { addMedia, noMedia, scanContent } from './scan-content.js';

const bodyKeys = nameTable('model', 'messages', 'system', 'tools', 'metadata', 'max_tokens', 'thinking', 'tool_choice', 'stream');
const messageKeys = nameTable('role', 'content');
const roles = nameTable('user', 'assistant', 'system');
const namedKeys = nameTable('type', 'name');
const thinkingKeys = nameTable('type', 'budget_tokens');
const metadataKeys = nameTable('user_id');
/** The API's own limit for messages; for tools a bound on what is kept of one body. */
const maxEntries = 100_000;

/** A field the gateway depends on has the wrong type. Kept until the end, because a later duplicate of the key wins. */
interface Misfit {
  readonly misfit: string;
}

/** What has been read so far; a repeated key overwrites, as with JSON.parse. */
interface Draft {
  model?: string | Misfit;
  modelSpan: ByteSpan;
  stream?: boolean | Misfit | undefined;
  maxTokens?: number | Misfit | undefined;
  messages?: readonly MessageExtent[] | Misfit;
  media: MediaView;
  system?: ByteSpan | undefined;
  tools: readonly ToolView[] | Misfit;
  thinking?: MessagesView['thinking'] | undefined;
  toolChoice?: MessagesView['toolChoice'] | undefined;
  userId?: string | undefined;
}

/**
 * Reads what a gateway needs of a Messages (or count_tokens) request from its bytes: linear, no recursion into the
 * body, no text of it built (measured: feasibility.md §1).
 *
 * Guarantee: for a body JSON.parse accepts, the view equals what JSON.parse shows, duplicate keys (the last wins) and
 * escaped keys included. A body is refused for its syntax exactly when JSON.parse would refuse it with the inside of
 * every string blanked: brackets, commas, keys, literals and numbers are checked everywhere; raw control characters
 * and unknown escapes inside strings that are skipped are left to the upstream. A leading UTF-8 BOM is skipped, as
 * `Response.json()` does. Beyond JSON: more than a million levels, or 100,000 messages or tools, are refused.
 *
 * `model` must be a string, `messages` an array of objects with a string `role`, `stream` a boolean, `max_tokens` an
 * integer from 0 to 2^53-1; null counts as absent for the last two. Anything else is the upstream's to judge.
 * Never throws.
 */
export function scanMessagesRequest(body: Buffer): ScanResult {
  const bom = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const cursor = new JsonCursor(body, bom ? 3 : 0);
  try {
    if (cursor.atObject()) {
      const draft = scanBody(cursor);
      cursor.finish();
      return toResult(draft, cursor);
    }
    if (cursor.peek() === -1) return { ok: false, reason: 'syntax', message: 'The request body is empty.' };
    cursor.skipValue();
    cursor.finish();
    return { ok: false, reason: 'shape', message: 'The request body is not a JSON object.' };
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      return { ok: false, reason: 'syntax', message: `The request body is not valid JSON: ${error.message}.` };
    throw error;
  }
}

function toResult(draft: Draft, cursor: JsonCursor): ScanResult {
  const { model = { misfit: 'model: field required' }, messages = { misfit: 'messages: field required' } } = draft;
  const { stream, maxTokens, tools } = draft;
  if (isMisfit(model)) return refuse(model);
  if (isMisfit(messages)) return refuse(messages);
  if (isMisfit(stream)) return refuse(stream);
  if (isMisfit(maxTokens)) return refuse(maxTokens);
  if (isMisfit(tools)) return refuse(tools);
  const view: MessagesView = {
    model,
    modelSpan: draft.modelSpan,
    stream: stream ?? false,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(draft.thinking === undefined ? {} : { thinking: draft.thinking }),
    tools,
    ...(draft.toolChoice === undefined ? {} : { toolChoice: draft.toolChoice }),
    ...(draft.userId === undefined ? {} : { metadataUserId: draft.userId }),
    messages,
    ...(draft.system === undefined ? {} : { system: draft.system }),
    hasImage: draft.media.images > 0,
    media: draft.media,
    via: cursor.decoded ? 'parse' : 'scan',
    bytes: cursor.bytes.length,
  };
  return { ok: true, view };
}

const isMisfit = (value: unknown): value is Misfit => typeof value === 'object' && value !== null && 'misfit' in value;
const refuse = ({ misfit }: Misfit): ScanResult => ({ ok: false, reason: 'shape', message: misfit });

function scanBody(cursor: JsonCursor): Draft {
  const draft: Draft = { modelSpan: { start: 0, end: 0 }, media: noMedia, tools: [] };
  for (let key = cursor.firstKey(bodyKeys); key !== undefined; key = cursor.nextKey(bodyKeys)) {
    switch (key) {
      case 'model':
        scanModel(cursor, draft);
        break;
      case 'messages':
        scanMessages(cursor, draft);
        break;
      case 'system':
        draft.system = spanOf(cursor);
        break;
      case 'tools':
        draft.tools = scanTools(cursor);
        break;
      case 'metadata':
        draft.userId = scanUserId(cursor);
        break;
      case 'max_tokens':
        draft.maxTokens = scanMaxTokens(cursor);
        break;
      case 'thinking':
        draft.thinking = scanThinking(cursor);
        break;
      case 'tool_choice':
        draft.toolChoice = scanToolChoice(cursor);
        break;
      case 'stream':
        draft.stream = scanStream(cursor);
        break;
      default:
        cursor.skipValue();
    }
  }
  return draft;
}

function spanOf(cursor: JsonCursor): ByteSpan {
  cursor.peek();
  const start = cursor.pos;
  cursor.skipValue();
  return { start, end: cursor.pos };
}

function scanModel(cursor: JsonCursor, draft: Draft): void {
  const string = cursor.atString();
  const start = cursor.pos;
  draft.model = string ? cursor.readString() : { misfit: 'model: expected a string' };
  if (!string) cursor.skipValue();
  draft.modelSpan = { start, end: cursor.pos };
}

function scanStream(cursor: JsonCursor): Draft['stream'] {
  const value = cursor.readScalar();
  if (value === null) return undefined;
  return typeof value === 'boolean' ? value : { misfit: 'stream: expected true or false' };
}

function scanMaxTokens(cursor: JsonCursor): Draft['maxTokens'] {
  const value = cursor.readScalar();
  if (value === null) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : { misfit: 'max_tokens: expected a whole number of tokens' };
}

function scanMessages(cursor: JsonCursor, draft: Draft): void {
  draft.media = noMedia;
  if (!cursor.atArray()) {
    cursor.skipValue();
    draft.messages = { misfit: 'messages: expected an array' };
    return;
  }
  const extents: MessageExtent[] = [];
  let misfit: Misfit | undefined;
  let total = noMedia;
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    const object = cursor.atObject();
    const start = cursor.pos;
    if (misfit !== undefined || !object || extents.length === maxEntries) {
      cursor.skipValue();
      misfit ??= { misfit: object ? `messages: more than ${maxEntries} entries` : `messages.${extents.length}: expected an object` };
      continue;
    }
    let role: string | undefined;
    let media = noMedia;
    for (let key = cursor.firstKey(messageKeys); key !== undefined; key = cursor.nextKey(messageKeys)) {
      if (key === 'role') role = scanRole(cursor);
      else if (key === 'content') media = scanContent(cursor);
      else cursor.skipValue();
    }
    if (role === undefined) misfit = { misfit: `messages.${extents.length}.role: expected a string` };
    else extents.push({ start, end: cursor.pos, role });
    total = addMedia(total, media);
  }
  draft.messages = misfit ?? extents;
  draft.media = total;
}

function scanRole(cursor: JsonCursor): string | undefined {
  if (!cursor.atString()) return skip(cursor);
  const start = cursor.pos;
  const known = cursor.readName(roles);
  if (known !== undefined) return known;
  cursor.pos = start;
  return cursor.readString();
}

function scanTools(cursor: JsonCursor): Draft['tools'] {
  const tools: ToolView[] = [];
  if (!cursor.atArray()) {
    cursor.skipValue();
    return tools;
  }
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    if (tools.length > maxEntries || !cursor.atObject()) cursor.skipValue();
    else {
      const { type, name } = scanNamed(cursor);
      tools.push({ name: name ?? '', ...(type === undefined ? {} : { type }) });
    }
  }
  return tools.length > maxEntries ? { misfit: `tools: more than ${maxEntries} entries` } : tools;
}

/** The strings `type` and `name` of the object at the cursor. */
function scanNamed(cursor: JsonCursor): { type: string | undefined; name: string | undefined } {
  let type: string | undefined;
  let name: string | undefined;
  for (let key = cursor.firstKey(namedKeys); key !== undefined; key = cursor.nextKey(namedKeys)) {
    if (key === 'type') type = scanText(cursor);
    else if (key === 'name') name = scanText(cursor);
    else cursor.skipValue();
  }
  return { type, name };
}

function scanToolChoice(cursor: JsonCursor): Draft['toolChoice'] {
  if (!cursor.atObject()) return skip(cursor);
  const { type, name } = scanNamed(cursor);
  return type === undefined ? undefined : { type, ...(name === undefined ? {} : { name }) };
}

function scanThinking(cursor: JsonCursor): Draft['thinking'] {
  if (!cursor.atObject()) return skip(cursor);
  let type: string | undefined;
  let budget: unknown;
  for (let key = cursor.firstKey(thinkingKeys); key !== undefined; key = cursor.nextKey(thinkingKeys)) {
    if (key === 'type') type = scanText(cursor);
    else if (key === 'budget_tokens') budget = cursor.readScalar();
    else cursor.skipValue();
  }
  if (type === undefined) return undefined;
  return typeof budget === 'number' && Number.isFinite(budget) ? { type, budgetTokens: budget } : { type };
}

function scanUserId(cursor: JsonCursor): string | undefined {
  if (!cursor.atObject()) return skip(cursor);
  let userId: string | undefined;
  for (let key = cursor.firstKey(metadataKeys); key !== undefined; key = cursor.nextKey(metadataKeys)) {
    if (key === 'user_id') userId = scanText(cursor);
    else cursor.skipValue();
  }
  return userId;
}

/** The string at the cursor; undefined, and skipped, when it is something else. */
const scanText = (cursor: JsonCursor): string | undefined => (cursor.atString() ? cursor.readString() : skip(cursor));

function skip(cursor: JsonCursor): undefined {
  cursor.skipValue();
  return undefined;
}
