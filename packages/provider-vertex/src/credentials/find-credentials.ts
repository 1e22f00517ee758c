import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '@ccproxy/kernel';
import type { VertexOptions } from '../vertex-options.js';
import { type GoogleCredentials, readCredentials } from './read-credentials.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the first place there is: the options, GOOGLE_APPLICATION_CREDENTIALS, the application default credentials. Never rejects. */
export async function findCredentials(
  { serviceAccountKey: text, credentialsFile }: Pick<VertexOptions, 'serviceAccountKey' | 'credentialsFile'>,
  env: Environment,
): Promise<GoogleCredentials> {
  if (text !== undefined) return readCredentials(text, 'options.serviceAccountKey');
  const file = credentialsFile ?? env['GOOGLE_APPLICATION_CREDENTIALS'] ?? defaultFile(env);
  try {
    return readCredentials(await readFile(file, 'utf8'), 'the credentials file');
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return { reason: `the credentials file cannot be read (${code})` };
  }
}

/** Where `gcloud auth application-default login` writes. */
function defaultFile(env: Environment): string {
  const name = 'application_default_credentials.json';
  const roaming = env['APPDATA'];
  if (roaming !== undefined) return join(roaming, 'gcloud', name);
  return join(env['CLOUDSDK_CONFIG'] ?? join(env['HOME'] ?? '', '.config', 'gcloud'), name);
}
