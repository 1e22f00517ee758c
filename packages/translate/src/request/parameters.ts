import type { JsonObject } from '@ccproxy/wire';
import type { Effort } from './effort.js';

/** What a request asks for beside its conversation, in no provider's spelling. */
export interface Parameters {
  readonly stream: boolean;
  /** Already lowered to what the model can; undefined when the request had none. */
  readonly maxTokens: number | undefined;
  /** undefined for models that refuse it (row 44), which has been noted. */
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  readonly stop: readonly string[];
  /** At most 64 characters, a hash: providers use it to tell abusers apart (row 47). */
  readonly user: string | undefined;
  readonly thinking: Thinking;
  /** JSON schema the answer must follow. */
  readonly schema: JsonObject | undefined;
  readonly serviceTier: string | undefined;
}

/** `unset`: nothing was said. `adaptive`: the model decides; `effort` may say more. */
export interface Thinking {
  readonly mode: 'unset' | 'off' | 'adaptive' | 'on';
  readonly effort: Effort | undefined;
  /** Tokens; only with `on`, at least 1024 and below `maxTokens` (row 52). */
  readonly budget: number | undefined;
  /** The client shows thinking, so it is worth asking for a readable summary. */
  readonly shown: boolean;
}
