import type { BuiltMessage } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import { createToolNames } from '../core/tool-names.js';
import type { WireApi } from '../core/wire-api.js';
import { createAnswerStream } from '../create-answer-stream.js';
import { translateAnswer } from '../translate-answer.js';
import { translationOf } from '../translation-of.js';
import { type ReadStream, readStream } from './read-stream.js';

/** A context as `translateRequest` makes it, for answers without a request. */
export const contextFor = (api: WireApi, more: Partial<AnswerContext> = {}): AnswerContext => ({
  messageId: 'msg_test',
  model: 'claude-asked',
  inputEstimate: 7,
  family: api,
  toolNames: createToolNames(translationOf(api).toolNames),
  contextWindow: undefined,
  thinkTags: true,
  stopSequences: [],
  ...more,
});

/** What the client gets for these chunks of a streamed answer. */
export function streamed(api: WireApi, chunks: readonly Uint8Array[], more: Partial<AnswerContext> = {}): ReadStream {
  const stream = createAnswerStream(api, contextFor(api, more));
  const parts = chunks.map((chunk) => stream.push(chunk));
  return readStream(parts.join('') + stream.end());
}

/** The content of an answer by its kinds, and how it began and ended. */
export const seen = (result: ReadStream) => {
  const joined = (type: string, member: string): string =>
    result.content.map((block) => (block['type'] === type ? String(block[member]) : '')).join('');
  return {
    violations: result.violations,
    error: result.error,
    text: joined('text', 'text'),
    thinking: joined('thinking', 'thinking'),
    calls: result.content.filter((block) => block['type'] === 'tool_use').map(({ name, input }) => ({ name, input })),
    stopReason: result.stopReason,
    model: result.start?.['model'],
    usage: result.usage,
  };
};

/** What the client gets for a whole answer: a message, or the sentence of the error. */
export function whole(api: WireApi, body: unknown, more: Partial<AnswerContext> = {}): BuiltMessage | string {
  const answer = translateAnswer(api, contextFor(api, more), Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  return answer.ok ? answer.message : `${answer.type}: ${answer.message}`;
}

/** The bytes cut at these places, in any order. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** How a server may write server-sent events. */
export interface SseStyle {
  readonly newline: string;
  readonly space: boolean;
  readonly comments: boolean;
  readonly lastBlank: boolean;
  readonly bom: boolean;
}

export const sseStyles: readonly SseStyle[] = Array.from({ length: 32 }, (_, bits) => ({
  newline: (bits & 1) === 0 ? '\n' : '\r\n',
  space: (bits & 2) === 0,
  comments: (bits & 4) === 0,
  lastBlank: (bits & 8) === 0,
  bom: (bits & 16) === 0,
}));

export function sseBytes(events: readonly unknown[], { newline, space, comments, lastBlank, bom }: SseStyle): Buffer {
  const lines = events.map(
    (event) => `${comments ? `: still here${newline}` : ''}data:${space ? ' ' : ''}${JSON.stringify(event)}${newline}`,
  );
  return Buffer.from((bom ? '\uFEFF' : '') + lines.join(newline) + (lastBlank ? newline : ''));
}

/** Texts that tell broken UTF-8, lost escapes and lost line ends. */
export const trickyTexts: readonly string[] = ['né 漢字 🧑‍🚀', 'a\r\nb', '\u2028"\\', 'data: x\n\n', '```\n{}', ' '];
