import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import type { WireApi } from './core/wire-api.js';
import { createAnswerStream } from './create-answer-stream.js';
import { contextFor, seen, streamed, whole } from './testing/answer-bed.js';

const sse = (event: JsonObject): string => `data: ${JSON.stringify(event)}\n\n`;
const line = (event: JsonObject): string => `${JSON.stringify(event)}\n`;

/** How one wire API says the same things; every answer calls a tool, says something and ends. */
interface Sayings {
  readonly api: WireApi;
  readonly text: string;
  /** The `index`th call of an answer, with its input. */
  readonly call: (index: number, input: string) => string;
  /** The beginning of a call whose input comes in pieces, and its next piece; where an input comes whole, it is in one line. */
  readonly pieces?: readonly [begin: string, next: (piece: string) => string];
  readonly end: string;
  /** An error in the middle of a stream, and as a document with status 200. */
  readonly error: string;
  readonly errorDocument: string;
  readonly errorType: string;
}

const chat = (delta: JsonObject, finish: string | null = null): string => sse({ choices: [{ index: 0, delta, finish_reason: finish }] });
const failure = { error: { message: 'The server had an error', type: 'server_error' } };
const function_call = (index: number, input: string): JsonObject => ({
  type: 'function_call',
  id: `i${index}`,
  call_id: `c${index}`,
  name: 'f',
  arguments: input,
});
const gemini = (parts: readonly JsonObject[], finishReason?: string): string =>
  sse({ candidates: [{ content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }] });
const geminiError = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
const ollama = (message: JsonObject, more: JsonObject = {}): string =>
  line({ model: 'm', message: { role: 'assistant', content: '', ...message }, done: false, ...more });

const apis: readonly Sayings[] = [
  {
    api: 'openai-chat',
    text: chat({ content: 'Hello' }),
    call: (index, input) => chat({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: input } }] }),
    pieces: [
      chat({ tool_calls: [{ index: 0, id: 'c0', function: { name: 'f', arguments: '{"a":"' } }] }),
      (piece) => chat({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    ],
    end: `${chat({}, 'stop')}data: [DONE]\n\n`,
    error: sse(failure),
    errorDocument: JSON.stringify(failure),
    errorType: 'api_error',
  },
  {
    api: 'openai-responses',
    text: sse({ type: 'response.output_text.delta', output_index: 9000, content_index: 0, delta: 'Hello' }),
    call: (index, input) => sse({ type: 'response.output_item.done', output_index: index, item: function_call(index, input) }),
    pieces: [
      sse({ type: 'response.output_item.added', output_index: 0, item: function_call(0, '') }),
      (delta) => sse({ type: 'response.function_call_arguments.delta', output_index: 0, delta }),
    ],
    end: sse({ type: 'response.completed', response: { status: 'completed', output: [] } }),
    error: sse({ type: 'error', code: 'server_error', message: 'The server had an error' }),
    errorDocument: JSON.stringify({ status: 'failed', output: [], error: { code: 'server_error', message: 'The server had an error' } }),
    errorType: 'api_error',
  },
  {
    api: 'gemini',
    text: gemini([{ text: 'Hello' }]),
    call: (_index, input) => `data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${input}}}]}}]}\n\n`,
    pieces: [
      gemini([{ functionCall: { name: 'f', willContinue: true } }]),
      (stringValue) =>
        gemini([{ functionCall: { partialArgs: [{ jsonPath: '$.a', stringValue, willContinue: true }], willContinue: true } }]),
    ],
    end: gemini([], 'STOP'),
    error: sse(geminiError),
    errorDocument: JSON.stringify([geminiError]),
    errorType: 'overloaded_error',
  },
  {
    api: 'ollama',
    text: ollama({ content: 'Hello' }),
    call: (_index, input) => `{"model":"m","message":{"tool_calls":[{"function":{"name":"f","arguments":${input}}}]},"done":false}\n`,
    end: ollama({}, { done: true, done_reason: 'stop' }),
    error: line({ error: 'llama runner process has terminated' }),
    errorDocument: line({ error: 'llama runner process has terminated' }),
    errorType: 'api_error',
  },
];
const page = '<!doctype html><html><head><style>b{}</style></head><body><h1>502 Bad Gateway</h1></body></html>';
const garbage = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
const nested = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

describe.each(apis.map((one) => [one.api, one] as const))(
  'what %s does wrong',
  (api, { text, call, end, error, errorDocument, errorType, pieces }) => {
    const answer = text + call(0, '{"q":1}') + call(1, '{}') + end;
    const read = (...parts: readonly (string | Buffer)[]) =>
      seen(
        streamed(
          api,
          parts.map((part) => Buffer.from(part)),
        ),
      );
    const fails = (result: ReturnType<typeof seen>, type = 'api_error'): void => {
      expect(result).toMatchObject({ violations: [], error: { type }, stopReason: undefined });
      expect(result.error?.message).not.toBe('');
    };

    it('[C13] TR-116 an answer cut at any byte is an error, and whole only when its end has come', () => {
      expect(read(answer)).toMatchObject({ violations: [], error: undefined, text: 'Hello', stopReason: 'tool_use' });
      const last = Buffer.byteLength(answer) - Buffer.byteLength(end);
      for (let at = 0; at <= last; at += 1) fails(read(Buffer.from(answer).subarray(0, at)));
    });

    it('[C13] TR-115 an error inside a 200 keeps its type, in a stream and in a document, and nothing comes behind it', () => {
      fails(read(error), errorType);
      fails(read(text, call(0, '{"q":1}'), error, end), errorType);
      expect(whole(api, errorDocument)).toMatch(new RegExp(`^${errorType}: .`));
      fails(read(errorDocument), errorType);
    });

    it('[C13] TR-117 a web page, nothing and garbage are errors that can be read', () => {
      for (const bytes of [page, '', ' \n\n', 'Internal Server Error', '{}', '[]', 'null', garbage]) {
        fails(read(bytes));
        expect(whole(api, bytes.toString())).toMatch(/^api_error: ./);
      }
      expect(read(page).error?.message).toContain('502 Bad Gateway');
      expect(read(page).error?.message).not.toContain('<');
      fails(read(text, garbage));
    });

    it('[C13] TR-116 bombs are stopped before they are held: a line, a document, calls, the input of a call', () => {
      const piece = Buffer.alloc(1 << 20, 'x');
      const limits: readonly (readonly [string, (index: number) => string | Buffer, number])[] = [
        [text + (api === 'ollama' ? '{"a":"' : 'data: {"a":"'), () => piece, 20],
        ['{"a":"', () => piece, 40],
        [text, (index) => call(index, '{}'), 5000],
        ...(pieces === undefined ? [] : [[pieces[0], () => pieces[1]('x'.repeat(1 << 22)), 20] as const]),
      ];
      for (const [begin, next, most] of limits) {
        const stream = createAnswerStream(api, contextFor(api));
        stream.push(Buffer.from(begin));
        let sent = 0;
        for (; sent < most && !stream.ended; sent += 1) stream.push(Buffer.from(next(sent)));
        expect(stream.report().error).toMatchObject({ type: 'api_error' });
        // What comes now is not even looked at.
        expect(stream.push(piece)).toBe('');
      }
    });

    it('[C13] TR-75 an input nested without end is passed on or refused, and breaks nothing', () => {
      const input = api.startsWith('openai') ? nested : `{"a":${nested}}`;
      const result = read(text, call(0, input), end);
      expect(result.violations).toEqual([]);
      expect(result.error === undefined ? result.stopReason : result.error.type).toBe(api.startsWith('openai') ? 'tool_use' : 'api_error');
    });
  },
);
