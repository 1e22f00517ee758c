/** What a prefix of a model in LiteLLM stands for. */
export interface Upstream {
  readonly type: 'anthropic' | 'openai' | 'openai-responses' | 'gemini' | 'ollama';
  /** Where it is called unless `api_base` says otherwise; absent: `api_base` has to. */
  readonly baseUrl?: string;
  /** Variable LiteLLM takes the key from when none is written; absent: no key is needed. */
  readonly keyVariable?: string;
}

const chat = (baseUrl: string, keyVariable: string): Upstream => ({ type: 'openai', baseUrl, keyVariable });
const server: Upstream = { type: 'openai' };

/** Prefixes, addresses and variables as docs.litellm.ai/docs/providers has them. */
const upstreams: Readonly<Record<string, Upstream>> = {
  anthropic: { type: 'anthropic', baseUrl: 'https://api.anthropic.com', keyVariable: 'ANTHROPIC_API_KEY' },
  openai: chat('https://api.openai.com/v1', 'OPENAI_API_KEY'),
  gemini: { type: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com', keyVariable: 'GEMINI_API_KEY' },
  ollama: { type: 'ollama', baseUrl: 'http://localhost:11434' },
  ollama_chat: { type: 'ollama', baseUrl: 'http://localhost:11434' },
  openrouter: chat('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  groq: chat('https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  deepseek: chat('https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  mistral: chat('https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  together_ai: chat('https://api.together.xyz/v1', 'TOGETHERAI_API_KEY'),
  fireworks_ai: chat('https://api.fireworks.ai/inference/v1', 'FIREWORKS_AI_API_KEY'),
  xai: chat('https://api.x.ai/v1', 'XAI_API_KEY'),
  cerebras: chat('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'),
  nvidia_nim: chat('https://integrate.api.nvidia.com/v1', 'NVIDIA_NIM_API_KEY'),
  moonshot: chat('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  hosted_vllm: server,
  lm_studio: server,
  custom_openai: server,
  openai_like: server,
  litellm_proxy: server,
  llamafile: server,
};

/** The upstream of a prefix, and the model there; or the prefix that is not known, if there is one. */
export interface FoundUpstream {
  readonly prefix: string;
  readonly upstream: Upstream | undefined;
  readonly model: string;
}

const byModel: readonly (readonly [RegExp, string])[] = [
  [/^claude-/u, 'anthropic'],
  [/^(?:gpt-|chatgpt-|o\d)/u, 'openai'],
];

const known = (prefix: string): Upstream | undefined => (Object.hasOwn(upstreams, prefix) ? upstreams[prefix] : undefined);

/** The name a provider gets: two prefixes stand for the ways to call one server. */
export const providerName = (prefix: string): string => (prefix === 'ollama_chat' ? 'ollama' : prefix);

/** Takes a model of LiteLLM apart: `provider/model`, or a model whose maker its name tells. */
export function findUpstream(written: string, provider: string | undefined): FoundUpstream {
  const slash = written.indexOf('/');
  const left = slash < 0 ? '' : written.slice(0, slash);
  if (provider !== undefined) {
    const model = left === provider ? written.slice(slash + 1) : written;
    return { prefix: provider, upstream: known(provider), model };
  }
  if (left === '') {
    const guessed = byModel.find(([pattern]) => pattern.test(written))?.[1] ?? '';
    return { prefix: guessed, upstream: known(guessed), model: written };
  }
  const model = written.slice(slash + 1);
  if (left === 'openai' && model.startsWith('responses/'))
    return {
      prefix: left,
      upstream: { ...chat('https://api.openai.com/v1', 'OPENAI_API_KEY'), type: 'openai-responses' },
      model: model.slice('responses/'.length),
    };
  return { prefix: left, upstream: known(left), model };
}
