import { createServer, type ServerResponse } from 'node:http';

/**
 * The fake provider, a process of its own: `node upstream.ts PORT`. It drains the request's body without reading it.
 * It speaks the Anthropic protocol, and that of Chat Completions at `…/chat/completions`. What it answers is set out of band by `POST /_mode {stream, events, gapMs}`. Every stream event carries the time it was
 * sent as `<t:MICROSECONDS>` (the machine's monotonic clock), so that a client can tell its lag.
 */
interface Mode {
  readonly stream: boolean;
  readonly events: number;
  readonly gapMs: number;
  /** Events of one write. */
  readonly perWrite: number;
}

let mode: Mode = { stream: false, events: 200, gapMs: 1, perWrite: 1 };

const json = Buffer.from(
  JSON.stringify({
    id: 'msg_01bench',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [{ type: 'text', text: 'ok, benchmark answer.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 6 },
  }),
);
const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const head =
  event('message_start', {
    message: {
      id: 'msg_01bench',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 1 },
    },
  }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const tail =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 200 } }) +
  event('message_stop', {});
const delta = (): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<t:${process.hrtime.bigint() / 1000n}> word of code;"}}\n\n`;

/** How a stream of one protocol is written. */
interface Writer {
  readonly head: string;
  readonly delta: () => string;
  readonly tail: string;
}
const anthropic: Writer = { head, delta, tail };
const chunk = (members: string): string =>
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench-model",${members}}\n\n`;
const chat: Writer = {
  head: chunk('"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]'),
  delta: () =>
    chunk(`"choices":[{"index":0,"delta":{"content":"<t:${process.hrtime.bigint() / 1000n}> word of code;"},"finish_reason":null}]`),
  tail: `${chunk('"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]')}${chunk('"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":200,"total_tokens":212}')}data: [DONE]\n\n`,
};
const chatJson = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    model: 'bench-model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok, benchmark answer.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
  }),
);

function stream(response: ServerResponse, writer: Writer): void {
  const { events, gapMs, perWrite } = mode;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': 'req_bench' });
  response.write(writer.head);
  if (gapMs === 0) sendAll(response, { events, perWrite, writer });
  else sendPaced(response, events, gapMs);
}

function sendAll(response: ServerResponse, { events, perWrite, writer }: { events: number; perWrite: number; writer: Writer }): void {
  let sent = 0;
  const go = (): void => {
    while (sent < events) {
      const now = Math.min(perWrite, events - sent);
      sent += now;
      if (!response.write(Array.from({ length: now }, writer.delta).join(''))) {
        response.once('drain', go);
        return;
      }
    }
    response.end(writer.tail);
  };
  go();
}

function sendPaced(response: ServerResponse, events: number, gapMs: number): void {
  let sent = 0;
  const tick = (): void => {
    response.write(delta());
    sent += 1;
    if (sent < events) return;
    clearInterval(timer);
    response.end(tail);
  };
  const timer = setInterval(tick, gapMs);
  response.once('close', () => clearInterval(timer));
  tick();
}

const server = createServer((request, response) => {
  if (request.url === '/_mode') {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.once('end', () => {
      mode = JSON.parse(text) as Mode;
      response.end('{}');
    });
    return;
  }
  request.resume();
  request.once('end', () => {
    const speaksChat = request.url?.endsWith('/chat/completions') === true;
    if (mode.stream) return stream(response, speaksChat ? chat : anthropic);
    const document = speaksChat ? chatJson : json;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': document.length, 'request-id': 'req_bench' });
    response.end(document);
  });
});
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);
