import type { ProviderType } from '@ccproxy/config';
import type { Behaviour, Exchange } from './fake-upstream.js';

/** How a provider of one wire API says "Hello, wörld ✓", and that something went wrong. */
export interface Dialect {
  readonly type: Exclude<ProviderType, 'anthropic' | 'demo'>;
  readonly streamType: string;
  /** A whole stream, one string for each event; the last two hold the reason of the end and the usage. */
  readonly frames: readonly string[];
  readonly document: string;
  /** An error in the middle of a stream. */
  readonly errorFrame: string;
  /** An error as a document. */
  readonly errorDocument: string;
}

const pieces = ['Hello', ', wörld ', '✓'];
const text = pieces.join('');
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (type: string, fields: object): string => `event: ${type}\n${data({ type, ...fields })}`;
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const chunk = (delta: object, finish: string | null = null): unknown => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const chatUsage = { prompt_tokens: 25, completion_tokens: 15, total_tokens: 40 };
const failure = { error: { message: 'The server had an error', type: 'server_error', code: null } };

const openai: Dialect = {
  type: 'openai',
  streamType: 'text/event-stream',
  frames: [
    data(chunk({ role: 'assistant', content: '' })),
    ...pieces.map((content) => data(chunk({ content }))),
    data(chunk({}, 'stop')),
    `${data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage: chatUsage })}data: [DONE]\n\n`,
  ],
  document: JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: chatUsage,
  }),
  errorFrame: data(failure),
  errorDocument: JSON.stringify(failure),
};

const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
};
const response = (fields: object): object => ({ id: 'resp_1', object: 'response', model: 'm', output: [], ...fields });
const responseUsage = { input_tokens: 25, output_tokens: 15, total_tokens: 40 };
const completed = response({ status: 'completed', output: [message], usage: responseUsage });
const item = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const openaiResponses: Dialect = {
  type: 'openai-responses',
  streamType: 'text/event-stream',
  frames: [
    named('response.created', { response: response({ status: 'in_progress' }) }),
    named('response.output_item.added', { output_index: 0, item: { ...message, status: 'in_progress', content: [] } }),
    named('response.content_part.added', { ...item, part: { type: 'output_text', text: '', annotations: [] } }),
    ...pieces.map((delta) => named('response.output_text.delta', { ...item, delta })),
    named('response.output_item.done', { output_index: 0, item: message }),
    named('response.completed', { response: completed }),
  ],
  document: JSON.stringify(completed),
  errorFrame: named('error', { code: 'server_error', message: 'The server had an error', param: null }),
  errorDocument: JSON.stringify(failure),
};

const geminiChunk = (parts: unknown[], fields: object = {}, rest: object = {}): unknown => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...fields }],
  modelVersion: 'm',
  ...rest,
});
const geminiUsage = { usageMetadata: { promptTokenCount: 25, candidatesTokenCount: 15, totalTokenCount: 40 } };
const geminiFailure = { error: { code: 500, message: 'An internal error has occurred', status: 'INTERNAL' } };

const gemini: Dialect = {
  type: 'gemini',
  streamType: 'text/event-stream',
  frames: [
    ...pieces.map((piece) => data(geminiChunk([{ text: piece }]))),
    data(geminiChunk([{ text: '' }], { finishReason: 'STOP' }, geminiUsage)),
  ],
  document: JSON.stringify(geminiChunk([{ text }], { finishReason: 'STOP' }, geminiUsage)),
  errorFrame: data(geminiFailure),
  errorDocument: JSON.stringify(geminiFailure),
};

const ollamaLine = (content: string, fields: object = { done: false }): unknown => ({
  model: 'm',
  created_at: '2026-01-01T00:00:00Z',
  message: { role: 'assistant', content },
  ...fields,
});
const ollamaEnd = { done: true, done_reason: 'stop', prompt_eval_count: 25, eval_count: 15 };

const ollama: Dialect = {
  type: 'ollama',
  streamType: 'application/x-ndjson',
  frames: [...pieces.map((piece) => line(ollamaLine(piece))), line(ollamaLine('', ollamaEnd))],
  document: JSON.stringify(ollamaLine(text, ollamaEnd)),
  errorFrame: line({ error: 'llama runner process has terminated' }),
  errorDocument: JSON.stringify({ error: 'llama runner process has terminated' }),
};

/** The wire APIs beside Anthropic's. */
export const dialects: readonly Dialect[] = [openai, openaiResponses, gemini, ollama];

/** Whether a request of any of them asks for a stream. */
export const asksForStream = ({ request }: Exchange): boolean =>
  request.path.includes(':streamGenerateContent') || /"stream"\s*:\s*true/.test(request.body.toString('utf8'));

/** Sends the head of a stream of the dialect. */
export const dialectHead = ({ response: answer }: Exchange, { streamType }: Dialect): void => {
  answer.writeHead(200, { 'content-type': streamType, 'x-request-id': 'req_fake' });
  answer.flushHeaders();
};

/** Answers as a healthy provider does: a stream in pieces of 7 bytes, or the document. */
export const speaks = (dialect: Dialect): Behaviour => {
  return async (exchange) => {
    if (!asksForStream(exchange)) {
      exchange.response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_fake' }).end(dialect.document);
      return;
    }
    dialectHead(exchange, dialect);
    const bytes = Buffer.from(dialect.frames.join(''));
    for (let at = 0; at < bytes.length; at += 7) {
      exchange.response.write(bytes.subarray(at, at + 7));
      if (at % 112 === 0) await new Promise(setImmediate);
    }
    exchange.response.end();
  };
};
