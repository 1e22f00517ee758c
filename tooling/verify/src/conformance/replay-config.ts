/** Wire APIs the gateway speaks to providers, each with the model name the suite asks for. */
export const replayModels = {
  anthropic: 'conf-anthropic',
  'openai-chat': 'conf-chat',
  'openai-responses': 'conf-responses',
  gemini: 'conf-gemini',
  'ollama-chat': 'conf-ollama',
};
export const replayToken = 'conformance-token';

/** One provider for each API, all of them the replay upstream, without any fallback. */
export const replayConfig = (origin: string): Readonly<Record<string, unknown>> => ({
  server: { authKey: replayToken },
  providers: {
    anthropic: { type: 'anthropic', baseUrl: origin, auth: 'client' },
    chat: { type: 'openai', baseUrl: `${origin}/v1`, apiKey: 'dummy-key' },
    responses: { type: 'openai-responses', baseUrl: `${origin}/v1`, apiKey: 'dummy-key' },
    gemini: { type: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: 'dummy-key' },
    ollama: { type: 'ollama', baseUrl: origin },
  },
  models: {
    default: { provider: 'anthropic' },
    [replayModels.anthropic]: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    [replayModels['openai-chat']]: { provider: 'chat', model: 'replay-model' },
    [replayModels['openai-responses']]: { provider: 'responses', model: 'replay-model' },
    [replayModels.gemini]: { provider: 'gemini', model: 'replay-model' },
    [replayModels['ollama-chat']]: { provider: 'ollama', model: 'replay-model' },
  },
  // Every recording is one request with one outcome: nothing is repeated, nobody is left alone for the errors among them.
  retry: { attempts: 0, budget: 0, coolDown: '1ms', breaker: { failures: 1000, open: '1ms' }, join: false },
  // The suite asks of every model what the most able ones of its protocol can do. PDF files are each protocol's own matter.
  capabilities: { 'replay-model': { images: true, temperature: true, reasoning: 'effort' } },
});
