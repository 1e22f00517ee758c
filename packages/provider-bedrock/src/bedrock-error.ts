import { type AnthropicErrorType, errorBody, errorTypeForStatus } from '@ccproxy/wire';

/** What an exception of Bedrock is in the Anthropic protocol (docs.aws.amazon.com/bedrock, "InvokeModelWithResponseStream", errors). */
const known: Readonly<Record<string, { readonly status: number; readonly type: AnthropicErrorType }>> = {
  accessdeniedexception: { status: 403, type: 'permission_error' },
  expiredtokenexception: { status: 401, type: 'authentication_error' },
  invalidsignatureexception: { status: 401, type: 'authentication_error' },
  unrecognizedclientexception: { status: 401, type: 'authentication_error' },
  incompletesignatureexception: { status: 401, type: 'authentication_error' },
  resourcenotfoundexception: { status: 404, type: 'not_found_error' },
  validationexception: { status: 400, type: 'invalid_request_error' },
  throttlingexception: { status: 429, type: 'rate_limit_error' },
  modelnotreadyexception: { status: 429, type: 'rate_limit_error' },
  servicequotaexceededexception: { status: 429, type: 'rate_limit_error' },
  modeltimeoutexception: { status: 504, type: 'timeout_error' },
  modelerrorexception: { status: 502, type: 'api_error' },
  modelstreamerrorexception: { status: 502, type: 'api_error' },
  serviceunavailableexception: { status: 503, type: 'overloaded_error' },
  internalserverexception: { status: 500, type: 'api_error' },
};

/** Its credentials are refused: others may not be. */
export const isCredentialError = (exception: string): boolean => known[exception.toLowerCase()]?.type === 'authentication_error';

export interface BedrockError {
  readonly status: number;
  readonly type: AnthropicErrorType;
  readonly message: string;
}

/**
 * The Anthropic form of an exception. Its words stay: clients and routing look at them ("Input is too long").
 * @param status of the answer; undefined inside a stream
 */
export function bedrockError(exception: string, payload: Buffer, status: number | undefined): BedrockError {
  const named = exception.split(':', 1)[0] ?? '';
  const found = known[named.toLowerCase()];
  return {
    status: found?.status ?? status ?? 500,
    type: found?.type ?? errorTypeForStatus(status ?? 500),
    message: messageOf(payload) ?? (named === '' ? `Bedrock answered ${status ?? 'with an error'}.` : `Bedrock reported ${named}.`),
  };
}

export const bedrockErrorBody = ({ type, message }: BedrockError): string => errorBody(type, message);

function messageOf(payload: Buffer): string | undefined {
  try {
    const { message, Message } = JSON.parse(payload.toString('utf8')) as { message?: unknown; Message?: unknown };
    const text = message ?? Message;
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch (error) {
    // Not JSON, or null: what it says cannot be read.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
