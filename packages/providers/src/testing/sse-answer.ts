import type { Exchange } from './fake-upstream.js';

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** Frames of a small, valid message stream, one string each; `deltas` are the pieces of its text. */
export function messageFrames(deltas: readonly string[] = ['Hello', ', wörld ', '✓']): string[] {
  return [
    event('message_start', {
      message: {
        id: 'msg_fake',
        type: 'message',
        role: 'assistant',
        model: 'claude-fake',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 25, cache_creation_input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 1 },
      },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...deltas.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 15 } }),
    event('message_stop', {}),
  ];
}

/** The same message as one document. */
export const messageDocument = (): string =>
  JSON.stringify({
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model: 'claude-fake',
    content: [{ type: 'text', text: 'Hello, wörld ✓' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 25, cache_creation_input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 15 },
  });

export const errorEvent = (type = 'overloaded_error', message = 'Overloaded'): string => event('error', { error: { type, message } });

/** Whether the request asks for a stream. */
export const wantsStream = ({ request }: Exchange): boolean => /"stream"\s*:\s*true/.test(request.body.toString('utf8'));

/** Sends the head of an event stream. */
export const streamHead = ({ response }: Exchange, headers: Readonly<Record<string, string | string[]>> = {}): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_fake', ...headers });
  response.flushHeaders();
};

/** Answers with an Anthropic error. */
export const sendError = (
  { response }: Exchange,
  status: number,
  type = 'api_error',
  message = `fake ${status}`,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_fake', ...headers });
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_fake' }));
};
