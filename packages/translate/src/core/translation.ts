import type { JsonObject } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import type { Conversation } from '../request/conversation.js';
import type { Parameters } from '../request/parameters.js';
import type { ToolWishes } from '../request/read-tools.js';
import type { RequestScope } from '../request/request-scope.js';
import type { ModelCapabilities } from './model-capabilities.js';
import type { ToolNameRules } from './tool-names.js';
import type { WireApi } from './wire-api.js';

/** A request after it was read: what each wire API writes in its own form. */
export interface RequestParts {
  readonly conversation: Conversation;
  readonly parameters: Parameters;
  readonly tools: ToolWishes;
}

/** One wire API: the same four things for each. */
export interface Translation {
  readonly api: WireApi;
  /** How its streams are framed. */
  readonly framing: 'sse' | 'ndjson';
  readonly toolNames: ToolNameRules;
  /** What is known of a model by its name; what the caller says goes before. */
  traits(model: string): ModelCapabilities;
  /** The body to send. Throws CCP_TRANSLATE_INVALID, or CCP_TRANSLATE_LOSSY through the scope. */
  writeRequest(parts: RequestParts, scope: RequestScope): JsonObject;
  /** An error of a provider with what to do about it, where its own words do not say. */
  explainError?(message: string): string;
  /** A reader for one answer. */
  readAnswer(sink: AnswerSink, context: AnswerContext): AnswerReader;
}
