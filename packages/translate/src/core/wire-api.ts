/** The wire APIs an Anthropic request can be translated to. */
export const wireApis = ['openai-chat', 'openai-responses', 'gemini', 'ollama'] as const;

export type WireApi = (typeof wireApis)[number];
