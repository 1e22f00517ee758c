import type { CapabilityRule } from '@ccproxy/config';
import { estimateTokens } from '@ccproxy/tokens';
import { type TranslatedRequest, translateRequest } from '@ccproxy/translate';
import { parseJsonObject, scanMessagesRequest, stringMember } from '@ccproxy/wire';
import { resolveCapabilities } from '../capabilities/resolve-capabilities.js';
import { errors } from '../errors.js';
import type { ProviderRequest } from '../provider.js';
import type { ForeignApi } from './foreign-api.js';

/** Least room that is left for an answer, tokens: below it a request counts as too long. */
const LEAST_ANSWER = 64;

export interface ForeignRequest {
  /** Name of the model at the provider. */
  readonly model: string;
  readonly translated: TranslatedRequest;
  readonly inputTokens: number;
  /** Window the user set, tokens. */
  readonly window: number | undefined;
}

export interface ForeignRequestOptions {
  readonly provider: string;
  readonly api: ForeignApi;
  readonly rules: readonly CapabilityRule[];
  readonly strict: boolean;
  readonly messageId: string;
  /** Whether an answer is wanted: its length is then bounded by the room the window leaves. */
  readonly answers: boolean;
  /** Whether `web_search` and `web_fetch` are left to the caller where the provider does not run them. */
  readonly servesWebTools: boolean;
}

/**
 * Reads a request of the Anthropic API and translates it for one provider.
 * Throws CCP_PROVIDER_CONTEXT for one that exceeds the window the user set, CCP_TRANSLATE_*.
 */
export function foreignRequest(request: ProviderRequest, options: ForeignRequestOptions): ForeignRequest {
  const body = parseJsonObject(request.body?.toString('utf8') ?? '') ?? {};
  const model = stringMember(body, 'model') ?? '';
  const { notes } = request;
  const { capabilities, windowIsCertain } = resolveCapabilities(options.provider, model, options.rules, notes?.limits);
  const inputTokens = notes?.inputTokens ?? estimateOf(request.body);
  const window = windowIsCertain ? capabilities.context : undefined;
  const room = window === undefined || !options.answers ? undefined : roomIn(window, inputTokens);
  const output = room === undefined ? capabilities.output : Math.min(room, capabilities.output ?? room);
  const translated = translateRequest(options.api.wire, body, {
    model,
    messageId: options.messageId,
    capabilities: { ...capabilities, ...(output === undefined ? {} : { output }) },
    clientModel: notes?.clientModel ?? model,
    inputEstimate: inputTokens,
    family: familyOf(options.provider),
    servesWebTools: options.servesWebTools,
    strict: options.answers && (notes?.strict ?? options.strict),
  });
  return { model, translated, inputTokens, window };
}

/**
 * What a window leaves for the answer. A request that does not fit is refused here, in the words the client compacts its conversation at,
 * because some servers cut it silently (facts pages claude-code-client §4, translation row 114).
 */
function roomIn(window: number, inputTokens: number): number {
  if (inputTokens + LEAST_ANSWER <= window) return window - inputTokens;
  throw errors.CCP_PROVIDER_CONTEXT({ message: `prompt is too long: ${inputTokens} tokens > ${window} maximum`, hint: '' });
}

function estimateOf(body: Buffer | undefined): number {
  const scan = body === undefined ? undefined : scanMessagesRequest(body);
  return scan?.ok === true ? estimateTokens(scan.view) : 1;
}

/** Reasoning goes back to the provider that made it and to no other, whatever protocol both speak. */
const familyOf = (provider: string): string =>
  provider
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 64) || 'provider';
