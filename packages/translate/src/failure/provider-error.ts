import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';

/** What a provider's error says, whatever its shape. */
export interface ProviderError {
  readonly message: string;
  /** Words and numbers that name the kind of error, lower case, joined: `rate_limit_exceeded 429 resource_exhausted`. */
  readonly kind: string;
  /** HTTP status the error names itself. */
  readonly status: number | undefined;
  /** Google's `details`, or nothing. */
  readonly details: readonly JsonObject[];
  /** The object that held the message. */
  readonly raw: JsonObject;
}

const longestMessage = 2000;

/**
 * Reads an error body: OpenAI `{error:{…}}`, Google `{error:{…}}` or `[{error:{…}}]`, Ollama `{error:"…"}`, Mistral and
 * others `{message}`, FastAPI `{detail}`, `{errors:[…]}`. Undefined when it is none of them.
 */
export function readProviderError(value: unknown): ProviderError | undefined {
  if (Array.isArray(value)) return value.length > 0 ? readProviderError(value[0]) : undefined;
  if (!isJsonObject(value)) return undefined;
  const error = value['error'];
  if (typeof error === 'string' && error !== '') return describe({ ...value, message: error });
  if (isJsonObject(error)) return describe(error);
  if (Array.isArray(value['errors'])) return describeFirst(value['errors']);
  return messageOf(value) === undefined ? undefined : describe(value);
}

function describeFirst(all: readonly unknown[]): ProviderError | undefined {
  const [first] = all;
  if (typeof first === 'string') return describe({ message: first });
  return isJsonObject(first) ? describe(first) : undefined;
}

function describe(error: JsonObject): ProviderError {
  const code = error['code'];
  const status = [code, error['status'], error['status_code']].find(isHttpStatus);
  const words = [error['type'], code, error['status'], error['param']].filter(
    (word) => typeof word === 'string' || typeof word === 'number',
  );
  const details = Array.isArray(error['details']) ? error['details'].filter(isJsonObject) : [];
  return {
    message: (messageOf(error) ?? 'the provider gave no reason').slice(0, longestMessage),
    kind: words.join(' ').toLowerCase(),
    status: typeof status === 'string' ? Number(status) : status,
    details,
    raw: error,
  };
}

const isHttpStatus = (value: unknown): value is number | string => /^[45]\d\d$/.test(String(value));

/** OpenRouter quotes the error of the provider behind it in `metadata.raw`. */
function messageOf(error: JsonObject): string | undefined {
  const inner = stringMember(objectMember(error, 'metadata') ?? {}, 'raw');
  const message = error['message'] ?? error['detail'] ?? error['msg'];
  if (typeof message === 'string' && message !== '') return inner === undefined ? message : `${message}: ${inner}`;
  if (message !== undefined && message !== null && message !== '') return JSON.stringify(message);
  return undefined;
}
