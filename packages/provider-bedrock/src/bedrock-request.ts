import { spliceMembers } from '@ccproxy/wire';
import type { BedrockOptions } from './bedrock-options.js';
import { encodeSegment } from './sign-request.js';

/** Version of the protocol inside the body, instead of the header `anthropic-version`. */
const version = 'bedrock-2023-05-31';
/** What stands in the address, the version, or is no part of this API. */
const own: readonly string[] = ['model', 'stream', 'anthropic_version', 'anthropic_beta'];

export interface BedrockRequest {
  readonly path: string;
  readonly body: Buffer;
  readonly dropped: readonly string[];
}

/**
 * The request Bedrock takes: model and stream become the address, version and betas of the headers go into the body, every other byte stays.
 * undefined: the body is no JSON object with a model.
 */
export function bedrockRequest(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  stream: boolean,
  { models, betas, leaveOut }: Pick<BedrockOptions, 'models' | 'betas' | 'leaveOut'>,
): BedrockRequest | undefined {
  const asked = (headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());
  const written = betasOf(spliceMembers(body, ['anthropic_beta'], {})?.removed['anthropic_beta']);
  const wanted = [...new Set([...asked, ...written])].filter((beta) => beta !== '');
  const taken = wanted.filter((beta) => betas.includes(beta));
  const envelope = { anthropic_version: version, ...(taken.length === 0 ? {} : { anthropic_beta: taken }) };
  const spliced = spliceMembers(body, [...own, ...leaveOut], envelope);
  const model = spliced?.removed['model'];
  if (spliced === undefined || typeof model !== 'string' || model === '') return undefined;
  const id = Object.hasOwn(models, model) ? (models[model] ?? model) : model;
  return {
    path: `/model/${encodeSegment(id)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
    body: spliced.body,
    dropped: [
      ...wanted.filter((beta) => !betas.includes(beta)).map((beta) => `beta ${beta}`),
      ...leaveOut.filter((name) => Object.hasOwn(spliced.removed, name)),
    ],
  };
}

const betasOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
