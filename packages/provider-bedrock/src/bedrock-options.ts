import { z } from 'zod';
import { providersErrors } from '@ccproxy/providers';

const word = z.string().min(1).max(4096);
const region = z.string().regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/u, { error: 'must be a region such as eu-central-1' });

/**
 * Betas Bedrock takes for its Anthropic models (docs.aws.amazon.com/bedrock, "Anthropic Claude Messages API", `anthropic_beta`); it refuses
 * the whole request for any other.
 */
const knownBetas: readonly string[] = [
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'token-efficient-tools-2025-02-19',
  'interleaved-thinking-2025-05-14',
  'output-128k-2025-02-19',
  'dev-full-thinking-2025-05-14',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'effort-2025-11-24',
  'tool-search-tool-2025-10-19',
  'tool-examples-2025-10-29',
];

const schema = z
  .strictObject({
    region: region.optional(),
    baseUrl: z.url({ protocol: /^https?$/u }).optional(),
    /** Name of a model in the configuration: id, inference profile or ARN at Bedrock. */
    models: z.record(z.string(), word).prefault({}),
    betas: z
      .array(word)
      .max(64)
      .prefault([...knownBetas]),
    /** Members of a request that are not sent. */
    leaveOut: z
      .array(z.string().regex(/^[a-z_]{1,20}$/u))
      .max(32)
      .prefault([]),
    apiKey: word.optional(),
    accessKeyId: word.optional(),
    secretAccessKey: word.optional(),
    sessionToken: word.optional(),
    profile: word.optional(),
    credentialsFile: word.optional(),
    credentialCommand: z.array(word).min(1).max(64).optional(),
  })
  .refine(({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined), {
    path: ['accessKeyId'],
    error: 'and `secretAccessKey` belong together',
  });

export type BedrockOptions = Omit<z.output<typeof schema>, 'region'> & { readonly region: string };

/** Reads `options` of the provider; the region may come from the environment. Throws CCP_PROVIDER_UNAVAILABLE, without any value. */
export function readBedrockOptions(written: unknown, env: Readonly<Record<string, string | undefined>>): BedrockOptions {
  const read = schema.safeParse(written);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`);
    throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: problems.slice(0, 5).join('; ') });
  }
  const found = region.safeParse(read.data.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']);
  if (!found.success)
    throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: 'options.region is missing, and AWS_REGION is not passed on' });
  return { ...read.data, region: found.data };
}
