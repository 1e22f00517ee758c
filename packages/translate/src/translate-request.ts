import type { JsonObject } from '@ccproxy/wire';
import type { AnswerContext } from './answer/answer-context.js';
import { createDroppedFeatures } from './core/dropped-features.js';
import type { ModelCapabilities } from './core/model-capabilities.js';
import { createToolNames } from './core/tool-names.js';
import type { WireApi } from './core/wire-api.js';
import { errors } from './errors.js';
import type { RequestParts } from './core/translation.js';
import { translationOf } from './translation-of.js';
import { readConversation } from './request/read-conversation.js';
import { readParameters } from './request/read-parameters.js';
import { readTools } from './request/read-tools.js';
import type { RequestScope } from './request/request-scope.js';

export interface TranslateRequestOptions {
  /** Model to ask the provider for. */
  readonly model: string;
  /** Id for the answer's message, unique, such as `msg_` and 24 random letters. */
  readonly messageId: string;
  /** What the caller knows of the model; the rest comes from a table by its name. */
  readonly capabilities?: ModelCapabilities;
  /** The model the client asked for; the answer names it. Default: `model` of the request. */
  readonly clientModel?: string;
  /** Estimated tokens of the prompt. Default: a quarter of the size of the request. */
  readonly inputEstimate?: number;
  /** Whose reasoning it is, a name of `a-z0-9-`. Default: the wire API. Give two providers two names when they do not read each other's. */
  readonly family?: string;
  /** The caller runs, or refuses, `web_search` and `web_fetch` where the provider does not: they are listed in `unserved`, not dropped. */
  readonly servesWebTools?: boolean;
  /** Refuse a request instead of leaving out what changes its meaning. */
  readonly strict?: boolean;
}

export interface TranslatedRequest {
  /** The body for the provider, to be written as JSON. */
  readonly body: JsonObject;
  /** Whether a stream was asked for. */
  readonly stream: boolean;
  /** What reading the answer needs. */
  readonly context: AnswerContext;
  /** Names of what was left out (`x-ccproxy-dropped`). */
  readonly dropped: readonly string[];
  /** Types of the tools left to the caller (`servesWebTools`). */
  readonly unserved: readonly string[];
  /** What was assumed of the model: what the caller said, and the table. */
  readonly capabilities: ModelCapabilities;
}

/**
 * Translates the body of a Messages request for another wire API. Pure: the body is not changed, equal input gives equal
 * output. Throws CCP_TRANSLATE_INVALID for a request that is none, CCP_TRANSLATE_LOSSY when `strict` refuses a loss.
 */
export function translateRequest(api: WireApi, body: JsonObject, options: TranslateRequestOptions): TranslatedRequest {
  const translation = translationOf(api);
  const capabilities: ModelCapabilities = { ...translation.traits(options.model), ...options.capabilities };
  const dropped = createDroppedFeatures(options.strict === true);
  const unserved: string[] = [];
  const scope: RequestScope = {
    model: options.model,
    capabilities,
    family: options.family ?? api,
    toolNames: createToolNames(translation.toolNames),
    inputEstimate: options.inputEstimate ?? Math.max(1, Math.ceil(JSON.stringify(body).length / 4)),
    drop: (feature, weight) => dropped.drop(feature, weight),
    unserved(type) {
      if (options.servesWebTools === true && /^web_(?:search|fetch)/.test(type)) unserved.push(type);
      else dropped.drop(`tool:${type.slice(0, 40)}`, 'meaning');
    },
  };
  const parts = readParts(body, scope);
  const written = translation.writeRequest(parts, scope);
  return {
    body: written,
    stream: parts.parameters.stream,
    context: {
      messageId: options.messageId,
      model: options.clientModel ?? (typeof body['model'] === 'string' ? body['model'] : options.model),
      inputEstimate: scope.inputEstimate,
      family: scope.family,
      toolNames: scope.toolNames,
      contextWindow: capabilities.context,
      thinkTags: capabilities.thinkTags === true,
      stopSequences: parts.parameters.stop,
    },
    dropped: dropped.names,
    unserved,
    capabilities,
  };
}

const readParts = (body: JsonObject, scope: RequestScope): RequestParts => ({
  tools: readTools(body, scope),
  parameters: readParameters(body, scope),
  conversation: withPrefill(readConversation(body, scope), scope),
});

type Conversation = ReturnType<typeof readConversation>;

/** A last message of the assistant (prefill): some models go on from it, others refuse it (row 13). */
function withPrefill(conversation: Conversation, scope: RequestScope): Conversation {
  const { prefill } = scope.capabilities;
  if (prefill === undefined || prefill === 'send' || conversation.turns.at(-1)?.role !== 'assistant') return conversation;
  if (prefill === 'refuse') throw errors.CCP_TRANSLATE_INVALID({ message: `${scope.model} does not continue a message of the assistant` });
  scope.drop('prefill', 'meaning');
  return { ...conversation, turns: conversation.turns.slice(0, -1) };
}
