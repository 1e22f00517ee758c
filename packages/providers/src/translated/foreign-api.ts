import type { ProviderConfig, ProviderType } from '@ccproxy/config';
import type { WireApi } from '@ccproxy/translate';
import type { JsonObject } from '@ccproxy/wire';
import type { ForeignRequest } from './foreign-request.js';
import type { OfferedModel } from './model-list.js';

/** How a provider counts the tokens of a request it is not to answer. */
export interface CountEndpoint {
  /** Below the prefix. */
  path(model: string): string;
  /** Made from the translated request. */
  body(translated: JsonObject, model: string): JsonObject;
  /** undefined: the answer holds no count. */
  tokens(answer: JsonObject): number | undefined;
}

/** What differs between providers of another protocol, besides the translation itself. */
export interface ForeignApi {
  readonly type: ProviderType;
  readonly wire: WireApi;
  /** Media type a stream is asked in. */
  readonly streamType: string;
  /** Path of the configured base URL, completed: paths below are appended. */
  prefix(configured: string): string;
  messagesPath(model: string, stream: boolean): string;
  /** Name and value of the header that carries the key. */
  credential(key: string): readonly [string, string];
  readonly count?: CountEndpoint;
  readonly modelsPath: string;
  /** Models in the answer of `modelsPath`; entries that are not understood are left out. */
  models(answer: JsonObject): readonly OfferedModel[];
  /** Adds to the translated body what only the server is told, not the model; absent: nothing. */
  complete?(request: ForeignRequest, config: ProviderConfig): JsonObject;
}
