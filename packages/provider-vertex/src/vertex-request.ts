import { spliceMembers } from '@ccproxy/wire';
import type { VertexOptions } from './vertex-options.js';

/** Version of the protocol inside the body, instead of the header `anthropic-version`. */
const version = 'vertex-2023-10-16';

export interface VertexRequest {
  /** Below the address of the API. */
  readonly path: string;
  readonly body: Buffer;
  readonly dropped: readonly string[];
}

/** Where the API of a region answers (cloud.google.com/vertex-ai, "Request predictions with Claude models"). */
export function vertexAddress(region: string): string {
  if (region === 'global') return 'https://aiplatform.googleapis.com';
  // The two multi-regions have addresses of another form.
  if (region === 'us' || region === 'eu') return `https://aiplatform.${region}.rep.googleapis.com`;
  return `https://${region}-aiplatform.googleapis.com`;
}

/**
 * The request Vertex takes: the model becomes a part of the address, the version goes into the body, every other byte stays. To count, the
 * model stays in the body. undefined: the body is no JSON object with a model.
 */
export function vertexRequest(
  body: Buffer,
  verb: 'streamRawPredict' | 'rawPredict' | 'count',
  project: string,
  { models, leaveOut, region }: Pick<VertexOptions, 'models' | 'leaveOut' | 'region'>,
): VertexRequest | undefined {
  const spliced = spliceMembers(body, ['model', 'anthropic_version', ...leaveOut], { anthropic_version: version });
  const model = spliced?.removed['model'];
  if (spliced === undefined || typeof model !== 'string' || model === '') return undefined;
  const name = Object.hasOwn(models, model) ? (models[model] ?? model) : model;
  const publisher = `/v1/projects/${encodeURIComponent(project)}/locations/${region}/publishers/anthropic/models/`;
  const dropped = leaveOut.filter((each) => Object.hasOwn(spliced.removed, each));
  if (verb !== 'count') return { path: `${publisher}${encodeName(name)}:${verb}`, body: spliced.body, dropped };
  const counted = spliceMembers(spliced.body, ['anthropic_version'], { anthropic_version: version, model: name });
  return { path: `${publisher}count-tokens:rawPredict`, body: counted?.body ?? spliced.body, dropped };
}

/** `@` before the version is written as it is. */
const encodeName = (name: string): string => encodeURIComponent(name).replaceAll('%40', '@');
