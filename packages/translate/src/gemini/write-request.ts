import type { JsonObject } from '@ccproxy/wire';
import type { RequestParts } from '../core/translation.js';
import type { RequestScope } from '../request/request-scope.js';
import { writeContents } from './write-contents.js';
import { writeGenerationConfig } from './write-generation-config.js';
import { writeTools } from './write-tools.js';

/**
 * The body of `generateContent` and `streamGenerateContent`. The model and whether to stream stand in the URL, not here.
 * No safety settings: those of the provider, or of the user's project there, apply.
 */
export function writeRequest({ conversation, parameters, tools }: RequestParts, scope: RequestScope): JsonObject {
  const generationConfig = writeGenerationConfig(parameters, scope);
  const system = conversation.system.map((text) => ({ text }));
  return {
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    contents: writeContents(conversation, scope),
    ...writeTools(tools, scope),
    ...(generationConfig === undefined ? {} : { generationConfig }),
  };
}
