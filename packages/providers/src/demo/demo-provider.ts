import type { ProviderConfig } from '@ccproxy/config';
import type { Clock } from '@ccproxy/kernel';
import type { Availability, Provider, ProviderCall, ProviderRequest, ProviderSink } from '../provider.js';
import { demoAnswer, demoDocument, demoStream, demoTokens } from './demo-answer.js';
import { DemoCall, type DemoScript } from './demo-call.js';
import { readDemoRequest } from './demo-request.js';
import { demoScenario } from './demo-scenario.js';

const available: Availability = { available: true };
const json = { 'content-type': 'application/json' };
const MODELS = ['claude-demo', 'claude-demo-think', 'claude-demo-tool', 'claude-demo-slow', 'claude-demo-long'];

const document = (status: number, body: string, delayMs = 0): DemoScript => ({
  status,
  headers: { ...json, 'content-length': String(Buffer.byteLength(body)) },
  pieces: [body].values(),
  delayMs,
});

const failure = (status: number, type: string, message: string, delayMs = 0): DemoScript =>
  document(status, JSON.stringify({ type: 'error', error: { type, message } }), delayMs);

const models = (): DemoScript =>
  document(
    200,
    JSON.stringify({
      data: MODELS.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })),
      has_more: false,
      first_id: MODELS[0],
      last_id: MODELS.at(-1),
    }),
  );

/** The built-in provider: speaks the whole Messages protocol and answers without any network or model. */
export class DemoProvider implements Provider {
  readonly name: string;
  readonly type = 'demo';
  readonly protocol = 'anthropic';
  readonly origin = undefined;
  readonly openToAnonymous = true;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(config: ProviderConfig, deps: { readonly clock: Clock; readonly random: () => number }) {
    this.name = config.name;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  availability(): Availability {
    return available;
  }

  call(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    return new DemoCall(this.#clock, this.#script(request), sink);
  }

  async close(): Promise<void> {}

  #script(request: ProviderRequest): DemoScript {
    const path = request.path.split('?', 1)[0];
    if (path === '/v1/models' && request.method === 'GET') return models();
    if (request.method !== 'POST') return failure(404, 'not_found_error', 'Not found');
    if (path === '/v1/messages/count_tokens') {
      return document(200, JSON.stringify({ input_tokens: demoTokens(request.body?.length ?? 0) }));
    }
    return path === '/v1/messages' ? this.#messages(request.body) : failure(404, 'not_found_error', 'Not found');
  }

  #messages(body: Buffer | undefined): DemoScript {
    const request = readDemoRequest(body);
    if (typeof request === 'string') return failure(400, 'invalid_request_error', request);
    const scenario = demoScenario(request);
    const { error, delayMs } = scenario;
    if (error !== undefined) return failure(error.status, error.type, error.message, delayMs);
    const answer = demoAnswer(request, scenario, body?.length ?? 0, () => this.#id());
    if (!request.stream) return document(200, demoDocument(answer), delayMs);
    return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, pieces: demoStream(answer), delayMs };
  }

  #id(): string {
    return Array.from({ length: 4 }, () =>
      Math.floor(this.#random() * 65_536)
        .toString(16)
        .padStart(4, '0'),
    ).join('');
  }
}
