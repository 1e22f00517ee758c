import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A provider for days of traffic: it keeps nothing of what it was asked. The prompt says what it does. */
export interface SoakUpstream {
  readonly url: string;
  /** Streams that are open and wait for `release`. */
  held(): number;
  /** Ends the streams that wait. */
  release(): void;
  close(): Promise<void>;
}

const deltas = 40;
const gapMs = 50;

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const usage = { input_tokens: 900, cache_read_input_tokens: 100, output_tokens: 1 };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: null, stop_sequence: null, usage };
const anthropic = {
  head:
    event('message_start', { message: { ...message, content: [] } }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  delta: (n: number) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: `word ${n} of the answer ` } }),
  tail:
    event('content_block_stop', { index: 0 }) +
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: deltas } }) +
    event('message_stop', {}),
};
const chunk = (rest: object): string => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', ...rest })}\n\n`;
const chat = {
  head: chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
  delta: (n: number) => chunk({ choices: [{ index: 0, delta: { content: `word ${n} of the answer ` } }] }),
  tail: `${chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${chunk({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: deltas } })}data: [DONE]\n\n`,
};
const document = JSON.stringify({ ...message, content: [{ type: 'text', text: 'the answer' }], stop_reason: 'end_turn' });
const overloaded = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });

export async function startSoakUpstream(): Promise<SoakUpstream> {
  const waiting = new Set<() => void>();
  const hold = (response: ServerResponse): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        waiting.delete(end);
        resolve();
      };
      waiting.add(end);
      response.once('close', end);
    });

  const stream = async (response: ServerResponse, body: string, protocol: typeof anthropic): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(protocol.head);
    for (let n = 0; n < deltas && !response.destroyed; n++) {
      response.write(protocol.delta(n));
      if (n === deltas / 2 && body.includes('break it')) return void response.socket?.resetAndDestroy();
      if (n === deltas / 2 && body.includes('hold it')) await hold(response);
      await sleep(gapMs);
    }
    response.end(protocol.tail);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const data of request.setEncoding('utf8')) body += data as string;
    const json = { 'content-type': 'application/json' };
    if (body.includes('refuse it')) response.writeHead(529, json).end(overloaded);
    else if (!body.includes('"stream":true')) response.writeHead(200, json).end(document);
    else await stream(response, body, request.url?.endsWith('/chat/completions') === true ? chat : anthropic);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: () => waiting.size,
    release: () => [...waiting].forEach((end) => end()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
