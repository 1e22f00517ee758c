import { join } from 'node:path';
import type { BedrockOptions } from '../bedrock-options.js';
import { type FoundKeys, keysOf } from './found-keys.js';
import { readCredentialsFile } from './read-credentials-file.js';
import { runCredentialCommand } from './run-credential-command.js';

type Places = Pick<
  BedrockOptions,
  'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'credentialCommand' | 'profile' | 'credentialsFile'
>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Asks the first place there is: keys of the options, the command, the variables of AWS, the credentials file. Never rejects. */
export async function findKeys(options: Places, env: Environment): Promise<FoundKeys> {
  const { accessKeyId: id, secretAccessKey: secret, sessionToken: token, credentialCommand, profile, credentialsFile } = options;
  if (id !== undefined) return keysOf({ id, secret, token }, 'options');
  if (credentialCommand !== undefined) return runCredentialCommand(credentialCommand, { ...env });
  const named = profile !== undefined || credentialsFile !== undefined;
  const variable = env['AWS_ACCESS_KEY_ID'];
  if (!named && variable !== undefined) {
    return keysOf({ id: variable, secret: env['AWS_SECRET_ACCESS_KEY'], token: env['AWS_SESSION_TOKEN'] }, 'the environment');
  }
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const file = credentialsFile ?? env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials');
  return readCredentialsFile(file, profile ?? env['AWS_PROFILE'] ?? 'default');
}
