import { type Clock, systemClock } from '@ccproxy/kernel';
import {
  type Adapter,
  type AdapterAnswer,
  type AdapterRequest,
  type AdapterSetup,
  type CallerResponse,
  collectBody,
  createCaller,
  endpointOf,
  RenewedValue,
} from '@ccproxy/providers';
import { errorBody } from '@ccproxy/wire';
import { bedrockError, bedrockErrorBody, isCredentialError } from './bedrock-error.js';
import { type BedrockOptions, readBedrockOptions } from './bedrock-options.js';
import { type BedrockRequest, bedrockRequest } from './bedrock-request.js';
import { findKeys } from './credentials/find-keys.js';
import { readEventFrames } from './event-frames.js';
import { type AwsKeys, signRequest } from './sign-request.js';
import { toSse } from './to-sse.js';

/** What the adapter reaches of the machine. */
export interface BedrockPlace {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Longer error bodies are no error messages. */
const largestError = 1024 * 1024;
const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const frames = 'application/vnd.amazon.eventstream';

const failure = (status: number, type: string, message: string): AdapterAnswer => ({
  status,
  headers: json,
  body: errorBody(type, message),
});

/** An answer that is thrown away says that it was. */
const ignored = (): void => {};

const text = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));

/**
 * Anthropic models on Amazon Bedrock, as a provider adapter. Throws CCP_PROVIDER_UNAVAILABLE for options that are not valid, TypeError for a `baseUrl` that cannot be called,
 * and what reading a CA file throws.
 */
export function createBedrockAdapter(setup: AdapterSetup, place: BedrockPlace = { clock: systemClock, env: process.env }): Adapter {
  const options = readBedrockOptions(setup.options, place.env);
  const { origin, prefix } = endpointOf(options.baseUrl ?? `https://bedrock-runtime.${options.region}.amazonaws.com`);
  const caller = createCaller(origin, { ...setup.egress, env: place.env }, setup.timeouts.connect);
  const credentials = new RenewedValue<AwsKeys>({
    find: () => findKeys(options, place.env),
    secretsOf: ({ secretAccessKey, sessionToken }) => [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])],
    clock: place.clock,
    secret: setup.secret,
    report: setup.report,
  });

  const send = async (
    request: BedrockRequest,
    stream: boolean,
    keys: AwsKeys | undefined,
    signal: AbortSignal,
  ): Promise<CallerResponse> => {
    const path = prefix + request.path;
    const unsigned = { host: new URL(origin).host, 'content-type': 'application/json', accept: stream ? frames : 'application/json' };
    const headers =
      keys === undefined
        ? { ...unsigned, authorization: `Bearer ${options.apiKey ?? ''}` }
        : signRequest({ method: 'POST', path, headers: unsigned, body: request.body }, keys, {
            region: options.region,
            service: 'bedrock',
            now: place.clock.now(),
          });
    return caller.request({ method: 'POST', path, headers: { ...headers, 'accept-encoding': 'identity' }, body: request.body, signal });
  };

  const messages = async (asked: AdapterRequest, signal: AbortSignal): Promise<AdapterAnswer> => {
    const request = bedrockRequest(asked.body ?? Buffer.alloc(0), asked.headers, asked.stream, options);
    if (request === undefined) return failure(400, 'invalid_request_error', 'The body is no Messages request with a model.');
    const keys = options.apiKey === undefined ? await credentials.get() : undefined;
    const first = await send(request, asked.stream, keys, signal);
    if (first.statusCode < 400) return answerOf(first, asked.stream, request.dropped);
    const refusal = await refusalOf(first);
    if (keys === undefined || !refusal.renew || !credentials.invalidate(keys)) return refusal.answer;
    const fresh = await credentials.get();
    const second = await send(request, asked.stream, fresh, signal);
    return second.statusCode < 400 ? answerOf(second, asked.stream, request.dropped) : (await refusalOf(second)).answer;
  };

  return {
    signsThinking: true,
    async answer(request, signal) {
      const [path] = request.path.split('?', 1);
      if (request.method === 'POST' && path === '/v1/messages') return messages(request, signal);
      // The estimate is the answer: counting at Bedrock costs a round trip, and knows foundation models only.
      if (path === '/v1/messages/count_tokens') return failure(501, 'not_supported', 'Bedrock is not asked to count.');
      if (request.method === 'GET' && path === '/v1/models') return { status: 200, headers: json, body: modelList(options) };
      return failure(501, 'not_supported', 'Bedrock does not have this endpoint.');
    },
    close: () => caller.close(),
  };
}

/** The models the options name: listing those of an account is another service with other rights. */
function modelList({ models }: BedrockOptions): string {
  const data = Object.keys(models).map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }));
  return JSON.stringify({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}

function answerOf({ statusCode: status, headers, body }: CallerResponse, stream: boolean, dropped: readonly string[]): AdapterAnswer {
  const type = text(headers['content-type']);
  const own = { 'request-id': text(headers['x-amzn-requestid']) };
  if (!stream) return { status, headers: { ...own, 'content-type': type }, body, dropped };
  // A stream that was asked for and is none is something else that answers; its bytes would be taken for frames.
  if (!type.startsWith(frames)) {
    body.on('error', ignored).destroy();
    return { ...failure(502, 'api_error', 'Bedrock answered with something that is no event stream.'), dropped };
  }
  return { status, headers: { ...own, ...eventStream }, body: toSse(readEventFrames(body)), dropped };
}

async function refusalOf({
  statusCode,
  headers,
  body,
}: CallerResponse): Promise<{ readonly answer: AdapterAnswer; readonly renew: boolean }> {
  const exception = text(headers['x-amzn-errortype']);
  const error = bedrockError(exception, await collectBody(body, largestError), statusCode);
  const after = text(headers['retry-after']);
  const own = { ...json, 'request-id': text(headers['x-amzn-requestid']), ...(after === '' ? {} : { 'retry-after': after }) };
  return {
    answer: { status: error.status, headers: own, body: bedrockErrorBody(error) },
    renew: isCredentialError(exception.split(':', 1)[0] ?? ''),
  };
}
