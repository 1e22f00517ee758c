import type { ModelCapabilities } from '../core/model-capabilities.js';

/** Open models that write their reasoning into the answer where the server does not take it out (row 80). */
const thinksInTags = /qwq|qwen-?3|magistral|minimax-m|glm-(?:z1|4\.[5-9])|-r1|thinking|reasoner|nemotron|ernie/;

/** "Unsupported parameter: 'stop' is not supported with this model": o3, o4 and gpt-5 to 5.4 say so; later ones take it. */
const refusesStop = /^(?:o[34]|gpt-5(?:\.[0-4])?(?:-|$))/;

/**
 * What is known by name of models behind Chat Completions; the prefix of an aggregator (`openai/gpt-5`) does not matter.
 * Names nobody knows get what every server understands.
 */
export function traits(model: string): ModelCapabilities {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  if (/^(?:gpt-5|o\d)/.test(name) && !/chat/.test(name))
    return {
      reasoning: 'effort',
      efforts: openaiEfforts(name),
      temperature: false,
      maxTokens: 'max_completion_tokens',
      ...(refusesStop.test(name) ? { stop: false } : {}),
    };
  if (/^(?:gpt-|chatgpt-)(?!oss)/.test(name))
    return { reasoning: 'none', ...(name.startsWith('gpt-5') ? { maxTokens: 'max_completion_tokens' } : {}) };
  if (name.startsWith('gpt-oss')) return { reasoning: 'effort', efforts: ['low', 'medium', 'high'], images: false };
  // Rows 14, 15: they refuse a conversation that lacks their reasoning.
  if (/^kimi-k2(?:\.\d|-thinking)/.test(name)) return { replayReasoning: true };
  if (/^deepseek-(?:chat|reasoner|v\d)/.test(name)) return { replayReasoning: true, images: false };
  return thinksInTags.test(name) ? { thinkTags: true } : {};
}

/** developers.openai.com, "reasoning_effort": `none` since gpt-5.1, `minimal` in gpt-5, neither in the o series. */
function openaiEfforts(name: string): string[] {
  const common = ['low', 'medium', 'high'];
  if (/^gpt-5(?:-|$)/.test(name)) return ['minimal', ...common];
  return /^gpt-5\.\d/.test(name) ? ['none', ...common, ...(name.startsWith('gpt-5.1') ? [] : ['xhigh'])] : common;
}
