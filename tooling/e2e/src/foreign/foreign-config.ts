/** The key of every provider below that has one. */
export const foreignKey = 'sk-key-of-the-other-provider';

/** One provider and one target `via-…` for each wire API, all of them the server at `url`. */
export const foreignConfig = (url: string) => ({
  providers: {
    chat: { type: 'openai', baseUrl: `${url}/v1`, apiKey: foreignKey },
    responses: { type: 'openai-responses', baseUrl: `${url}/v1`, apiKey: foreignKey },
    gemini: { type: 'gemini', baseUrl: url, apiKey: foreignKey },
    ollama: { type: 'ollama', baseUrl: url },
  },
  models: {
    'via-chat': { provider: 'chat', model: 'some-model' },
    'via-responses': { provider: 'responses', model: 'gpt-5' },
    'via-gemini': { provider: 'gemini', model: 'gemini-3-pro' },
    'via-ollama': { provider: 'ollama', model: 'qwen3:8b' },
  },
});
