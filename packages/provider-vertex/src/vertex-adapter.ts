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
  type Found,
  RenewedValue,
} from '@ccproxy/providers';
import { errorBody } from '@ccproxy/wire';
import { type AskTokens, exchangeToken, type Token } from './credentials/exchange-token.js';
import { findCredentials } from './credentials/find-credentials.js';
import { secretsIn } from './credentials/read-credentials.js';
import { runTokenCommand } from './credentials/run-token-command.js';
import { vertexErrorBody } from './vertex-error.js';
import { readVertexOptions, type VertexOptions } from './vertex-options.js';
import { vertexAddress, vertexRequest, type VertexRequest } from './vertex-request.js';

/** What the adapter reaches of the machine. */
export interface VertexPlace {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Longer error bodies are no error messages. */
const largestError = 1024 * 1024;
const json = { 'content-type': 'application/json' };

const failure = (status: number, type: string, message: string): AdapterAnswer => ({
  status,
  headers: json,
  body: errorBody(type, message),
});

/**
 * Anthropic models on Google Vertex AI, as a provider adapter. Throws CCP_PROVIDER_UNAVAILABLE for options that are not valid, TypeError for
 * a `baseUrl` that cannot be called, and what reading a CA file throws.
 */
export function createVertexAdapter(setup: AdapterSetup, place: VertexPlace = { clock: systemClock, env: process.env }): Adapter {
  const { clock, env } = place;
  const options = readVertexOptions(setup.options, env);
  const { origin, prefix } = endpointOf(options.baseUrl ?? vertexAddress(options.region));
  const egress = { ...setup.egress, env };
  const caller = createCaller(origin, egress, setup.timeouts.connect);
  const askTokens: AskTokens = async (uri, request) => {
    const { origin: at } = endpointOf(uri);
    const tokens = createCaller(at, egress, setup.timeouts.connect);
    try {
      return await tokens.request({ ...request, path: new URL(uri).pathname });
    } finally {
      // Lets the answer be read first.
      void tokens.close();
    }
  };
  const find = async (): Promise<Found<Token>> => {
    if (options.tokenCommand !== undefined) return runTokenCommand(options.tokenCommand, { ...env });
    const credentials = await findCredentials(options, env);
    if ('reason' in credentials) return credentials;
    for (const secret of secretsIn(credentials)) setup.secret(secret);
    return exchangeToken(credentials, askTokens, () => clock.now());
  };
  const tokens = new RenewedValue<Token>({ find, secretsOf: ({ value }) => [value], clock, secret: setup.secret, report: setup.report });

  /** Sends it, once more with another token when Google refuses the first. */
  const send = async (make: (project: string) => VertexRequest | undefined, asked: AdapterRequest, signal: AbortSignal) => {
    const attempt = async (token: Token) => {
      const project = options.project ?? token.project;
      if (project === undefined) return failure(400, 'invalid_request_error', 'options.project is missing, and the credentials name none.');
      const request = make(project);
      if (request === undefined) return failure(400, 'invalid_request_error', 'The body is no Messages request with a model.');
      const headers = headersOf(asked, token.value);
      const answer = await caller.request({ method: 'POST', path: prefix + request.path, headers, body: request.body, signal });
      return { answer, dropped: request.dropped };
    };
    const token = await tokens.get();
    const first = await attempt(token);
    if (!('answer' in first) || first.answer.statusCode !== 401 || !tokens.invalidate(token)) return first;
    await collectBody(first.answer.body, largestError);
    return attempt(await tokens.get());
  };

  const messages = async (asked: AdapterRequest, signal: AbortSignal): Promise<AdapterAnswer> => {
    const verb = asked.stream ? 'streamRawPredict' : 'rawPredict';
    const sent = await send((project) => vertexRequest(bodyOf(asked), verb, project, options), asked, signal);
    return 'answer' in sent ? answerOf(sent.answer, sent.dropped) : sent;
  };

  /** The count of Vertex, or 501: then the estimate is the answer. */
  const count = async (asked: AdapterRequest, signal: AbortSignal): Promise<AdapterAnswer> => {
    const sent = await send((project) => vertexRequest(bodyOf(asked), 'count', project, options), asked, signal);
    if (!('answer' in sent) || sent.answer.statusCode === 200) return 'answer' in sent ? answerOf(sent.answer, sent.dropped) : sent;
    await collectBody(sent.answer.body, largestError);
    return failure(501, 'not_supported', 'Vertex does not count for this model.');
  };

  return {
    signsThinking: true,
    async answer(request, signal) {
      const [path] = request.path.split('?', 1);
      if (request.method === 'POST' && path === '/v1/messages') return messages(request, signal);
      if (request.method === 'POST' && path === '/v1/messages/count_tokens') return count(request, signal);
      if (request.method === 'GET' && path === '/v1/models') return { status: 200, headers: json, body: modelList(options) };
      return failure(501, 'not_supported', 'Vertex does not have this endpoint.');
    },
    close: () => caller.close(),
  };
}

const bodyOf = ({ body }: AdapterRequest): Buffer => body ?? Buffer.alloc(0);

function headersOf({ headers }: AdapterRequest, token: string): Record<string, string> {
  const beta = headers['anthropic-beta'];
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${token}`,
    ...(beta === undefined ? {} : { 'anthropic-beta': beta }),
  };
}

async function answerOf({ statusCode: status, headers, body }: CallerResponse, dropped: readonly string[]): Promise<AdapterAnswer> {
  const fields = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  );
  if (status < 400) return { status, headers: fields, body, dropped };
  const after = fields['retry-after'];
  const own = { ...json, ...(after === undefined ? {} : { 'retry-after': after }) };
  return { status, headers: own, body: vertexErrorBody(status, await collectBody(body, largestError)), dropped };
}

/** The models the options name: those of a project are listed by another service. */
function modelList({ models }: VertexOptions): string {
  const data = Object.keys(models).map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }));
  return JSON.stringify({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}
