import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { writeAnnotation } from '../answer/write-annotation.js';
import { type FoundPage, writeSearch } from '../answer/write-search.js';
import { createThinkTags } from '../answer/think-tags.js';
import { createCallReader } from './read-calls.js';
import { createReasoningDetails } from './reasoning-details.js';
import type { RepeatedText } from './repeated-shape.js';

const mostPages = 100;

/** Reads the parts of one message, which may come in any mixture (rows 77-83). */
export interface DeltaReader {
  read(delta: JsonObject, whole: boolean): void;
  /** A delta that holds one string. */
  text(repeated: RepeatedText): void;
  /** Nothing more comes. */
  end(): void;
}

export function createDeltaReader(sink: AnswerSink, context: AnswerContext): DeltaReader {
  const details = createReasoningDetails();
  const pages: FoundPage[] = [];
  const calls = createCallReader(sink);
  const sign = (): void => {
    const payload = details.take();
    if (payload !== '') sink.signature(payload);
  };
  const say = (text: string): void => {
    if (text === '') return;
    sign();
    sink.text(text);
  };
  const tags = context.thinkTags
    ? createThinkTags({ text: say, thinking: (text) => sink.thinking(text) })
    : { push: say, end: () => undefined };
  const readPart = (part: unknown): void => {
    if (!isJsonObject(part)) return;
    if (typeof part['text'] === 'string') tags.push(part['text']);
    // Mistral: `{type: 'thinking', thinking: [{type: 'text', text}]}` (row 81).
    if (typeof part['thinking'] === 'string') sink.thinking(part['thinking']);
    if (Array.isArray(part['thinking'])) for (const piece of part['thinking']) if (isJsonObject(piece)) sink.thinking(textIn(piece));
  };
  const readReasoning = (delta: JsonObject): void => {
    const plain = delta['reasoning_content'] ?? delta['reasoning'];
    const listed = details.add(delta['reasoning_details']);
    sink.thinking(typeof plain === 'string' && plain !== '' ? plain : listed);
  };
  const readAnnotation = (annotation: unknown): void => {
    const page = writeAnnotation(sink, annotation);
    if (page !== undefined && pages.length < mostPages) pages.push(page);
  };
  const readCalls = (delta: JsonObject, whole: boolean): void => {
    tags.end();
    sign();
    calls.read(delta, whole);
  };
  return {
    read(delta, whole) {
      readReasoning(delta);
      const { content, refusal } = delta;
      if (typeof content === 'string') tags.push(content);
      else if (Array.isArray(content)) content.forEach(readPart);
      if (typeof refusal === 'string' && refusal !== '') {
        say(refusal);
        sink.stop('refusal');
      }
      if (Array.isArray(delta['annotations'])) delta['annotations'].forEach(readAnnotation);
      if (calls.any(delta)) readCalls(delta, whole);
    },
    text({ field, text, index }) {
      if (field === 'content') tags.push(text);
      else if (field === 'arguments') readCalls({ tool_calls: [{ index, function: { arguments: text } }] }, false);
      else sink.thinking(text);
    },
    end() {
      tags.end();
      sign();
      // What the model searched for is not told.
      if (pages.length > 0) writeSearch(sink, context, { key: '0', query: '', pages: pages.splice(0) });
    },
  };
}

const textIn = (piece: JsonObject): string => (typeof piece['text'] === 'string' ? piece['text'] : '');
