import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageRequest } from './message-request.ts';
import { type FaultCounts, planAnswer } from './plan-answer.ts';
import { readBody, type ReceivedBody } from './read-body.ts';
import { headersOf, type LoggedRequest } from './request-log.ts';
import { createScript, type Script, type ScriptStep } from './script-step.ts';
import { requestIdHeader, sendError, sendJson, sendText } from './send-json.ts';
import { sendMessage, tokensOf } from './send-message.ts';

export interface FakeAnthropicOptions {
  /** Answers of `POST /v1/messages`, in order; then the rules for unscripted requests apply. */
  readonly script?: readonly ScriptStep[];
  readonly port?: number;
  /** Names listed by `GET /v1/models`. */
  readonly models?: readonly string[];
  /** ms before every answer */
  readonly delayMs?: number;
  /** Characters per text delta; 12 by default. */
  readonly chunkChars?: number;
}

/** The provider's end of the wire: an Anthropic Messages API that answers by script and remembers what it was asked. */
export interface FakeAnthropic {
  readonly url: string;
  readonly port: number;
  /** Finished requests, oldest first; at most 5000 are kept. */
  readonly requests: readonly LoggedRequest[];
  /** Finished `POST /v1/messages`. */
  messages(): LoggedRequest[];
  /** Requests that came and whose answer has not ended. */
  open(): number;
  /** Replaces the script. */
  script(steps: readonly ScriptStep[]): void;
  /** Forgets requests, script and fault counts; requests are numbered from 1 again. */
  reset(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface State {
  script: Script;
  failed: FaultCounts;
  /** Number of the newest request. */
  count: number;
  open: number;
}

interface Exchange {
  readonly n: number;
  events: number;
}

const keptRequests = 5000;
const defaultModels = ['claude-fable-5-2', 'claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'];

/** Starts the fake on a port of the loopback interface. Endpoints: messages, count_tokens, models; anything else is 404 in Anthropic form. */
export async function startFakeAnthropic(options: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
  const state: State = { script: createScript(options.script ?? []), failed: new Map(), count: 0, open: 0 };
  const requests: LoggedRequest[] = [];

  const server = createServer((request, response) => {
    state.open++;
    void serve(request, response, options, state, { n: ++state.count, events: 0 }, (entry) => {
      state.open--;
      requests.push(entry);
      if (requests.length > keptRequests) requests.shift();
    });
  });
  // A program that treats us as its proxy wants to leave the machine: refused.
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'));
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    messages: () => requests.filter((entry) => entry.method === 'POST' && entry.path === '/v1/messages'),
    open: () => state.open,
    script: (steps) => void (state.script = createScript(steps)),
    reset: () => {
      Object.assign(state, { script: createScript([]), failed: new Map(), count: 0 });
      requests.length = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: FakeAnthropicOptions,
  state: State,
  exchange: Exchange,
  log: (entry: LoggedRequest) => void,
): Promise<void> {
  const begun = performance.now();
  const { method = 'GET', url = '/' } = request;
  const path = new URL(url, 'http://fake').pathname;
  response.setHeader(requestIdHeader, `req_fake${String(exchange.n).padStart(8, '0')}`);
  let body: ReceivedBody | undefined;
  response.once('close', () =>
    log({
      n: exchange.n,
      method,
      url,
      path,
      headers: headersOf(request),
      rawBody: body?.raw ?? Buffer.alloc(0),
      body: body?.json ?? (body?.text === '' ? undefined : body?.text),
      status: response.headersSent ? response.statusCode : null,
      end: response.writableFinished ? 'finished' : 'closed-early',
      ms: performance.now() - begun,
      events: exchange.events,
    }),
  );
  try {
    body = await readBody(request);
    if (options.delayMs !== undefined) await sleep(options.delayMs);
    await answer(response, `${method} ${path}`, body, options, state, exchange);
  } catch (error) {
    // The client went away while it was sending, or a script is wrong: the latter must be seen by the test.
    if (response.headersSent) response.destroy();
    else sendError(response, 500, { message: `the fake failed: ${String(error)}` });
  }
}

async function answer(
  response: ServerResponse,
  route: string,
  body: ReceivedBody,
  options: FakeAnthropicOptions,
  state: State,
  exchange: Exchange,
): Promise<void> {
  const models = options.models ?? defaultModels;
  if (route === 'POST /v1/messages') {
    if (typeof body.json !== 'object' || body.json === null) return sendError(response, 400, { message: 'invalid JSON' });
    const request = body.json as MessageRequest;
    const scripted = state.script.take(request);
    const step = scripted === undefined || scripted.echo === true ? planAnswer(request, state.failed) : scripted;
    return sendMessage(response, request, step, {
      chunkChars: options.chunkChars ?? 12,
      bodyBytes: body.bytes,
      onEvent: () => void exchange.events++,
    });
  }
  if (route === 'POST /v1/messages/count_tokens') return sendJson(response, 200, { input_tokens: tokensOf(body.bytes) });
  if (route === 'GET /v1/models') {
    return sendJson(response, 200, { data: models.map(modelInfo), has_more: false, first_id: models[0], last_id: models.at(-1) });
  }
  if (route.startsWith('GET /v1/models/'))
    return sendJson(response, 200, modelInfo(decodeURIComponent(route.slice('GET /v1/models/'.length))));
  if (route === 'GET /' || route === 'HEAD /') return sendText(response, 200, 'text/plain', route === 'HEAD /' ? '' : 'fake anthropic\n');
  return sendError(response, 404, { message: `Not found: ${route}` });
}

function modelInfo(id: string): Readonly<Record<string, string>> {
  return { type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' };
}
