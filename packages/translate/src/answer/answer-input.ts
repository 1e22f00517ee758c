import type { Translation } from '../core/translation.js';
import type { AnswerReader } from './answer-reader.js';
import type { AnswerSink } from './answer-sink.js';
import { createEventReader } from './event-reader.js';
import { failWithBody } from './fail-with-body.js';

/** Characters of one event. */
const maxLine = 16 * 1024 * 1024;
/** Bytes of an answer that comes in one piece where a stream was expected. */
const maxBody = 32 * 1024 * 1024;
const leastChunk = 128;
const closingBrace = 0x7d;
const sseStart = /^\uFEFF?\s*(?:data|event|id|retry)?:/;
/** Bytes a stream is told by. */
const startBytes = 64;

export interface AnswerInput {
  push(chunk: Uint8Array): void;
  /** The upstream closed the answer properly. */
  end(): void;
}

/**
 * Brings the bytes of an answer to its reader. Where a stream was expected, a JSON body (a server that does not stream,
 * an error inside a 200) and HTML are told by their first character.
 */
export function createAnswerInput(framing: Translation['framing'], reader: AnswerReader, sink: AnswerSink): AnswerInput {
  const bodyStarts = framing === 'sse' ? '{[<' : '[<';
  let mode: 'unknown' | 'events' | 'body' = 'unknown';
  let body: Uint8Array[] = [];
  let size = 0;
  const events = createEventReader({ framing, maxLine, onEvent: (data, name) => (sink.ended ? undefined : reader.event(data, name)) });

  const decide = (chunk: Uint8Array): void => {
    const first = firstCharacter(chunk);
    if (first !== '') mode = bodyStarts.includes(first) ? 'body' : 'events';
  };
  return {
    push(chunk) {
      if (sink.ended) return;
      if (mode === 'unknown') decide(chunk);
      if (mode === 'events') {
        // White space and a piece of a BOM may have come before anything could be told.
        for (const early of body.splice(0)) events.push(early);
        if (!events.push(chunk)) sink.fail('api_error', 'the provider sent an event that is too large');
        return;
      }
      // A chunk costs more than its bytes.
      size += Math.max(chunk.length, leastChunk);
      if (size > maxBody) sink.fail('api_error', 'the provider sent an answer that is too large');
      else body.push(chunk);
    },
    end() {
      if (sink.ended) return;
      if (mode === 'events') {
        if (!events.end()) sink.fail('api_error', 'the provider sent an event that is too large');
        reader.end();
      } else readWhole(Buffer.concat(body), reader, sink);
      body = [];
      if (!sink.ended) sink.fail('api_error', 'the answer of the provider ended before it was complete');
    },
  };
}

/** Whether a body that should be a document is a stream: server-sent events, or more than one line of JSON. */
export function holdsEvents(body: Buffer, framing: Translation['framing']): boolean {
  if (framing === 'sse') return sseStart.test(body.toString('utf8', 0, startBytes));
  const lineEnd = body.indexOf('\n');
  return lineEnd > 0 && body[lineEnd - 1] === closingBrace && firstCharacter(body.subarray(lineEnd)) === '{';
}

/** The events of a stream that came as one body. */
export function readEvents(body: Buffer, framing: Translation['framing'], reader: AnswerReader, sink: AnswerSink): void {
  const input = createAnswerInput(framing, reader, sink);
  input.push(body);
  input.end();
}

/** A whole body, whatever it is. */
export function readWhole(body: Buffer, reader: AnswerReader, sink: AnswerSink): void {
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    failWithBody(sink, text);
    return;
  }
  reader.body(value);
  if (!sink.ended) failWithBody(sink, text);
}

/** The first character that is no white space and no BOM; '' when there is none yet. */
function firstCharacter(chunk: Uint8Array): string {
  for (const byte of chunk) if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return String.fromCharCode(byte);
  return '';
}
