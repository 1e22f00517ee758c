import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from './failure/rate-limit-headers.js';
import { translateError } from './translate-error.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const error = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  more: { contextWindow?: number; inputEstimate?: number } = {},
) => translateError({ status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }, { now, ...more });
const openai = (message: string, more: object = {}) => ({ error: { message, ...more } });

describe('status and type', () => {
  it.each([
    [400, 400, 'invalid_request_error'],
    [401, 401, 'authentication_error'],
    [402, 402, 'billing_error'],
    [403, 403, 'permission_error'],
    [404, 404, 'not_found_error'],
    [413, 413, 'request_too_large'],
    [422, 422, 'invalid_request_error'],
    [429, 429, 'rate_limit_error'],
    [500, 500, 'api_error'],
    [502, 502, 'api_error'],
    [503, 529, 'overloaded_error'],
    [504, 504, 'timeout_error'],
    [529, 529, 'overloaded_error'],
    [302, 502, 'api_error'],
  ])('[C13] TR-112 %i becomes %i %s', (from, to, type) => {
    expect(error(from, openai('because'))).toMatchObject({ status: to, type, message: 'because' });
  });

  it('[C13] TR-112 a wrong key of Google, which says 400, is 401; what nobody can repeat is not repeated', () => {
    expect(error(400, openai('API key not valid. Please pass a valid API key.', { code: 400, status: 'INVALID_ARGUMENT' }))).toMatchObject({
      status: 401,
      shouldRetry: false,
    });
    expect(error(429, openai('You exceeded your current quota', { code: 'insufficient_quota' })).shouldRetry).toBe(false);
    expect(error(429, openai('slow down')).shouldRetry).toBeUndefined();
    expect(error(403, openai('no')).shouldRetry).toBe(false);
    expect([error(400, openai('bad tool')).shouldRetry, error(422, openai('bad')).shouldRetry]).toEqual([false, false]);
    expect(error(400, openai('no', { code: 'context_length_exceeded' })).shouldRetry).toBeUndefined();
  });
});

describe('shapes', () => {
  it.each([
    ['Google, in a list', [{ error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED' } }], 'quota'],
    ['Ollama', { error: 'model "x" not found' }, 'model "x" not found'],
    ['Mistral', { object: 'error', message: 'bad', type: 'x', code: '1' }, 'bad'],
    ['FastAPI', { detail: [{ msg: 'field required' }] }, '[{"msg":"field required"}]'],
    ['a list of errors', { errors: [{ message: 'first' }, { message: 'second' }] }, 'first'],
    ['a list of texts', { errors: ['first'] }, 'first'],
    ['OpenRouter', openai('Provider returned error', { metadata: { raw: 'the real one' } }), 'Provider returned error: the real one'],
    ['an object without a message', { error: { code: 'x' } }, 'the provider gave no reason'],
    ['text', 'upstream connect error', 'upstream connect error'],
    ['HTML', '<html><body><h1>Bad</h1>\n<p>Gateway</p></body></html>', 'Bad Gateway'],
    ['nothing', '', 'the provider answered 500 (api_error) without a reason'],
    ['JSON of another kind', '{"a":1}', '{"a":1}'],
    ['an empty list', '[]', '[]'],
  ])('[C13] TR-117 reads %s', (_name, body, message) => {
    expect(error(500, body)).toMatchObject({ status: 500, message });
  });

  it('[C13] TR-117 keeps messages short', () => {
    expect(error(500, 'x'.repeat(10_000)).message).toHaveLength(500);
    expect(error(500, openai('y'.repeat(10_000))).message).toHaveLength(2000);
    expect(error(500, `<script>${'<script>'.repeat(20_000)}`).message.length).toBeLessThanOrEqual(500);
  });
});

describe('retry-after', () => {
  const google = {
    error: {
      code: 429,
      message: 'Resource exhausted',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
    },
  };

  it.each([
    ['seconds', { 'retry-after': '7' }, {}, 7],
    ['a fraction', { 'retry-after': '0.2' }, {}, 1],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:01:30 GMT' }, {}, 90],
    ['a date that has passed', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, {}, 1],
    ['milliseconds', { 'retry-after-ms': '1500' }, {}, 2],
    ["Google's RetryInfo", {}, google, 35],
    [
      'a limit that is used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-tokens': '5',
        'x-ratelimit-reset-tokens': '9h',
      },
      {},
      360,
    ],
    ['milliseconds of a limit', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m200ms' }, {}, 61],
    ['a moment in ms', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 5000) }, {}, 5],
    ['a moment in s', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 8) }, {}, 8],
    ['plain seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, {}, 12],
    ['a sentence', {}, openai('Rate limit reached. Please try again in 1m12.5s.'), 73],
    ['nothing', { 'retry-after': 'soon' }, {}, undefined],
    ['nonsense', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'later' }, {}, undefined],
  ])('[C13] TR-113 reads %s as whole seconds', (_name, headers, body, seconds) => {
    expect(error(429, body, headers).retryAfter).toBe(seconds);
    expect(error(400, body, headers).retryAfter).toBeUndefined();
  });

  it('[C13] TR-113 derives the limits the client knows', () => {
    const headers = {
      'x-ratelimit-limit-requests': '100',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': '1m30s',
      'x-ratelimit-limit-tokens': 'many',
    };
    expect(rateLimitHeaders(headers, now)).toEqual({
      'anthropic-ratelimit-requests-limit': '100',
      'anthropic-ratelimit-requests-remaining': '3',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:30Z',
    });
    expect(rateLimitHeaders({ ...headers, 'x-ratelimit-reset-requests': '999999d' }, now)).not.toHaveProperty(
      'anthropic-ratelimit-requests-reset',
    );
    expect(rateLimitHeaders({}, now)).toEqual({});
  });
});

describe('a prompt that is too long', () => {
  it.each([
    ["This model's maximum context length is 8192 tokens. However, your messages resulted in 10240 tokens.", 10_240, 8192],
    [
      "This model's maximum context length is 128000 tokens. However, you requested 130000 tokens (126000 in the messages, 4000 in the completion).",
      130_000,
      128_000,
    ],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 1_200_000, 1_048_576],
    ['request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it', 5000, 4096],
    ["This endpoint's maximum context length is 131072 tokens. However, you requested about 200,000 tokens.", 200_000, 131_072],
    ["This model's maximum prompt length is 131072 but the request contains 170000 tokens.", 170_000, 131_072],
    ['Prompt contains 33000 tokens and 0 draft tokens, too large for model with 32768 maximum context length', 33_000, 32_768],
    ["You passed 5001 input tokens and requested 100 output tokens. However, the model's context length is only 4096 tokens", 5001, 4096],
    ['prompt is too long: 210000 tokens > 200000 maximum', 210_000, 200_000],
    ['Range of input length should be [1, 30720]', 40_000, 30_720],
    ['the input length exceeds the context length', 40_000, 32_000],
  ])('[C13] TR-114 %s', (message, used, most) => {
    expect(error(413, openai(message), {}, { contextWindow: 32_000, inputEstimate: 40_000 })).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: `prompt is too long: ${used} tokens > ${most} maximum`,
    });
  });

  it('[C13] TR-114 goes by the code where the words say nothing, and by nothing else', () => {
    expect(error(400, openai('no', { code: 'context_length_exceeded' })).message).toMatch(/^prompt is too long: \d+ tokens > \d+ maximum$/);
    expect(error(400, openai('max_tokens is too large: 99999')).message).toBe('max_tokens is too large: 99999');
    expect(error(400, openai('image exceeds 5 MB maximum')).message).toBe('image exceeds 5 MB maximum');
  });
});
