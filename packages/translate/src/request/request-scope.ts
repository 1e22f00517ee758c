import type { DropWeight } from '../core/dropped-features.js';
import type { ModelCapabilities } from '../core/model-capabilities.js';
import type { ToolNames } from '../core/tool-names.js';

/** What every step of translating one request knows. */
export interface RequestScope {
  /** Model to ask the provider for. */
  readonly model: string;
  /** What the caller said, completed by the table of the API. */
  readonly capabilities: ModelCapabilities;
  /** Whose reasoning is given back (`encodeForeignSignature`). */
  readonly family: string;
  readonly toolNames: ToolNames;
  /** Estimated tokens of the prompt. */
  readonly inputEstimate: number;
  /** Notes that a part of the request is left out. Throws CCP_TRANSLATE_LOSSY when that is refused. */
  drop(feature: string, weight: DropWeight): void;
  /** Notes a tool of Anthropic's servers, by its type, that this provider does not run. Throws as `drop` does, unless the caller takes care of it. */
  unserved(type: string): void;
}
