import { JsonCursor } from './json-cursor.js';
import { objectMember, parseJsonObject, stringMember } from './json-object.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import { nameTable } from './name-table.js';
import { readTokenUsage, type TokenUsage, type UsageReport } from './usage-report.js';

const messageKeys = nameTable('type', 'model', 'stop_reason', 'usage', 'error');
const maxUsageBytes = 64 * 1024;
/** Up to this size parsing all of it is faster than looking for the parts that matter. */
const smallBytes = 4 * 1024;

/**
 * What a non-streamed answer says of its usage, read from its bytes without parsing the content: linear, for bodies of
 * any size. Bytes that are not a JSON message (compressed, cut off, HTML) give an `incomplete` report.
 */
export function readUsage(body: Buffer): UsageReport {
  const message = body.length <= smallBytes ? parseJsonObject(body.toString('utf8')) : undefined;
  if (message === undefined) return scanUsage(body);
  const draft = {
    usage: readTokenUsage(objectMember(message, 'usage')),
    stopReason: stringMember(message, 'stop_reason'),
    model: stringMember(message, 'model'),
    type: stringMember(message, 'type'),
  };
  return toReport(draft, true);
}

function scanUsage(body: Buffer): UsageReport {
  const cursor = new JsonCursor(body);
  const draft: Draft = { usage: {}, stopReason: undefined, model: undefined, type: undefined };
  let whole = false;
  try {
    if (cursor.atObject()) {
      readMessage(cursor, draft);
      cursor.finish();
      whole = true;
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // A cut-off body: what stood before the cut still counts.
  }
  return toReport(draft, whole);
}

function toReport({ usage, stopReason, model, type }: Draft, whole: boolean): UsageReport {
  const sawMessageStop = whole && type === 'message';
  return {
    usage,
    stopReason,
    model,
    sawMessageStop,
    sawError: type === 'error',
    incomplete: !sawMessageStop || usage.outputTokens === undefined,
  };
}

interface Draft {
  usage: TokenUsage;
  stopReason: string | undefined;
  model: string | undefined;
  type: string | undefined;
}

function readMessage(cursor: JsonCursor, draft: Draft): void {
  for (let key = cursor.firstKey(messageKeys); key !== undefined; key = cursor.nextKey(messageKeys)) {
    if (key === 'usage') draft.usage = readUsageValue(cursor);
    else if (key === '' || key === 'error') cursor.skipValue();
    else {
      const text = cursor.atString() ? cursor.readString() : undefined;
      if (text === undefined) cursor.skipValue();
      if (key === 'type') draft.type = text;
      else if (key === 'model') draft.model = text;
      else draft.stopReason = text;
    }
  }
}

function readUsageValue(cursor: JsonCursor): TokenUsage {
  cursor.peek();
  const start = cursor.pos;
  cursor.skipValue();
  if (cursor.pos - start > maxUsageBytes) return {};
  return readTokenUsage(parseJsonObject(cursor.bytes.toString('utf8', start, cursor.pos)));
}
