import { providersErrors } from '@ccproxy/providers';
import { z } from 'zod';

const word = z.string().min(1).max(4096);
const region = z.string().regex(/^(?:global|us|eu|[a-z]+-[a-z]+\d{1,2})$/u, { error: 'must be a region such as europe-west1, or global' });
const project = z.string().regex(/^[a-z0-9][a-z0-9.:-]{2,62}$/u, { error: 'must be the id of a project' });

const schema = z.strictObject({
  project: project.optional(),
  region: region.optional(),
  baseUrl: z.url({ protocol: /^https?$/u }).optional(),
  /** Name of a model in the configuration: its name at Vertex. */
  models: z.record(z.string(), word).prefault({}),
  /** Members of a request that are not sent. */
  leaveOut: z
    .array(z.string().regex(/^[a-z_]{1,20}$/u))
    .max(32)
    .prefault([]),
  /** Content of a key file. */
  serviceAccountKey: z.string().max(65_536).optional(),
  credentialsFile: word.optional(),
  tokenCommand: z.array(word).min(1).max(64).optional(),
});

export type VertexOptions = Omit<z.output<typeof schema>, 'region' | 'project'> & {
  readonly region: string;
  /** undefined: that of the credentials. */
  readonly project: string | undefined;
};

/** Reads `options` of the provider; region and project may come from the environment. Throws CCP_PROVIDER_UNAVAILABLE, without any value. */
export function readVertexOptions(written: unknown, env: Readonly<Record<string, string | undefined>>): VertexOptions {
  const read = schema.safeParse(written);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`);
    throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: problems.slice(0, 5).join('; ') });
  }
  const found = region.safeParse(read.data.region ?? env['CLOUD_ML_REGION'] ?? env['GOOGLE_CLOUD_LOCATION']);
  if (!found.success)
    throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: 'options.region is missing, and CLOUD_ML_REGION is not passed on' });
  const named = project.safeParse(read.data.project ?? env['ANTHROPIC_VERTEX_PROJECT_ID'] ?? env['GOOGLE_CLOUD_PROJECT']);
  return { ...read.data, region: found.data, project: named.data };
}
