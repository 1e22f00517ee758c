import { objectMember, parseJsonObject, stringMember } from './json-object.js';
import { SseDecoder } from './sse-decoder.js';
import type { SseEvent } from './sse-event.js';
import { readStopReason, readTokenUsage, type TokenUsage, type UsageReport } from './usage-report.js';

/** Watches the bytes of a streamed answer on their way to the client. */
export interface UsageTap {
  push(chunk: Buffer): void;
  /** What was seen; call it once, when the answer has ended or was cut. */
  end(): UsageReport;
}

/** `message_start` is looked for this far. */
const headBytes = 64 * 1024;
const headSlice = 2048;
/** Kept of the end: `message_delta` and `message_stop` lie in the last few hundred bytes. */
const tailBytes = 16 * 1024;
const maxPieces = 64;
/** Short chunks are held until they are this much together, bytes. */
const maxHeldBytes = 4 * tailBytes;

/**
 * A tap that decodes only the beginning (until `message_start`) and, at the end, the last 16 KB of a stream; events in
 * between cost one array push per chunk (feasibility.md §1). Correct for any chunking. Short chunks are kept by reference and
 * must not change afterwards. In a compressed body nothing is found: the report is empty and `incomplete`.
 */
export function createUsageTap(): UsageTap {
  const head = createHead();
  const tail = createTail();
  return {
    push(chunk) {
      head.push(chunk);
      tail.push(chunk);
    },
    end: () => report(head.start(), tail.events()),
  };
}

interface MessageStart {
  readonly usage: TokenUsage;
  readonly model: string | undefined;
}

function createHead(): { push(chunk: Buffer): void; start(): MessageStart | undefined } {
  let decoder: SseDecoder | undefined = new SseDecoder({ maxEventBytes: headBytes });
  let seen = 0;
  let start: MessageStart | undefined;
  const look = (events: readonly SseEvent[]): void => {
    for (const { data } of events) {
      const event = start === undefined ? parseJsonObject(data) : undefined;
      if (event?.['type'] !== 'message_start') continue;
      const message = objectMember(event, 'message') ?? {};
      start = { usage: readTokenUsage(message['usage']), model: stringMember(message, 'model') };
      decoder = undefined;
    }
  };
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && decoder !== undefined; at += headSlice) {
        const slice = chunk.subarray(at, at + headSlice);
        seen += slice.length;
        look(decoder.push(slice).events);
        if (seen > headBytes) decoder = undefined;
      }
    },
    start() {
      if (decoder !== undefined) look(decoder.end().events);
      return start;
    },
  };
}

/**
 * The end of the stream may begin inside an event. What is left of a cut line is never taken for a field that counts:
 * it ends as its line does, with the end of a JSON text, and quotes inside JSON strings are escaped.
 */
function createTail(): { push(chunk: Buffer): void; events(): readonly SseEvent[] } {
  let pieces: Buffer[] = [];
  let held = 0;
  const endOf = (bytes: Buffer): Buffer => (bytes.length > tailBytes ? ownCopy(bytes.subarray(bytes.length - tailBytes)) : bytes);
  const keepOnly = (end: Buffer): void => {
    pieces = [end];
    held = end.length;
  };
  return {
    push(chunk) {
      if (chunk.length >= tailBytes) return keepOnly(endOf(chunk));
      pieces.push(ownBytes(chunk));
      held += chunk.length;
      if (pieces.length > maxPieces || held > maxHeldBytes) keepOnly(endOf(Buffer.concat(pieces)));
    },
    events() {
      const decoder = new SseDecoder({ maxEventBytes: tailBytes });
      return [...decoder.push(endOf(Buffer.concat(pieces))).events, ...decoder.end().events];
    },
  };
}

/** A small part of a long read is copied, so that the rest of the read can go: a stalled answer keeps little. */
const ownBytes = (chunk: Buffer): Buffer =>
  chunk.buffer.byteLength > tailBytes && chunk.length * 4 < chunk.buffer.byteLength ? ownCopy(chunk) : chunk;

/** A copy outside of Node's pool, whose 64 KB stay for as long as any piece of them does. */
function ownCopy(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

function report(start: MessageStart | undefined, events: readonly SseEvent[]): UsageReport {
  let usage = start?.usage ?? {};
  let stopReason: string | undefined;
  let final = false;
  let sawMessageStop = false;
  let sawError = false;
  for (const { event, data } of events) {
    if (!interesting.has(event)) continue;
    const body = parseJsonObject(data);
    const type = body === undefined ? undefined : stringMember(body, 'type');
    if (event === 'error' || type === 'error') sawError = true;
    else if (type === 'message_stop') sawMessageStop = true;
    else if (type === 'message_delta' && body !== undefined) {
      const delta = readTokenUsage(body['usage']);
      usage = { ...usage, ...delta };
      final = delta.outputTokens !== undefined;
      stopReason = readStopReason(objectMember(body, 'delta') ?? {}) ?? stopReason;
    }
  }
  return { usage, stopReason, model: start?.model, sawMessageStop, sawError, incomplete: start === undefined || !final || !sawMessageStop };
}

/** `message` is the name of an event whose `event:` line is missing. */
const interesting: ReadonlySet<string> = new Set(['message_delta', 'message_stop', 'error', 'message']);
