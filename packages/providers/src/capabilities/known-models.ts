import type { CapabilityRule } from '@ccproxy/config';

const k = 1024;

/**
 * Windows and longest answers as the pages of the models' makers give them (platform.openai.com/docs/models, ai.google.dev/gemini-api/docs/models,
 * api-docs.deepseek.com, docs.x.ai/docs/models, docs.z.ai, and the model cards of open weights), and what of a request they cannot take at
 * all. How a model wants to be asked stands beside the translation of its protocol. The first pattern that says something is believed; what is not sure is left out, because a picture that is kept back is missed.
 */
export const knownModels: readonly CapabilityRule[] = [
  { pattern: '*gpt-5*-chat*', can: { context: 128_000, output: 16_384 } },
  { pattern: '*gpt-5*', can: { context: 400_000, output: 128_000 } },
  { pattern: '*gpt-4.1*', can: { context: 1_047_576, output: 32_768 } },
  { pattern: '*gpt-4o*', can: { context: 128_000, output: 16_384 } },
  { pattern: '*gpt-oss*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: 'o3-mini*', can: { context: 200_000, output: 100_000, images: false, pdf: false } },
  { pattern: 'o1*', can: { context: 200_000, output: 100_000 } },
  { pattern: 'o3*', can: { context: 200_000, output: 100_000 } },
  { pattern: 'o4-mini*', can: { context: 200_000, output: 100_000 } },
  { pattern: '*gemini-2.0*', can: { context: 1024 * k, output: 8 * k } },
  { pattern: '*gemini-2.5*', can: { context: 1024 * k, output: 64 * k } },
  { pattern: '*gemini-3*', can: { context: 1024 * k, output: 64 * k } },
  { pattern: '*deepseek-chat*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*deepseek-reasoner*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*deepseek-v3*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*deepseek-r1*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*grok-4-fast*', can: { context: 2_000_000 } },
  { pattern: '*grok-4*', can: { context: 256_000 } },
  { pattern: '*kimi-k2-*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*glm-4.6v*', can: { context: 128 * k, images: true } },
  { pattern: '*glm-4.6*', can: { context: 200_000, output: 128 * k, images: false, pdf: false } },
  { pattern: '*glm-4.5v*', can: { context: 64 * k, images: true } },
  { pattern: '*glm-4.5*', can: { context: 128 * k, output: 96 * k, images: false, pdf: false } },
  { pattern: '*qwen3-coder*', can: { context: 256 * k, images: false, pdf: false } },
  { pattern: 'qwen3:*', can: { context: 40 * k, images: false, pdf: false } },
  { pattern: '*llama3.1*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*llama-3.1*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*llama3.3*', can: { context: 128 * k, images: false, pdf: false } },
  { pattern: '*llama-3.3*', can: { context: 128 * k, images: false, pdf: false } },
];
