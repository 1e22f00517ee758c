import { optionSecrets, type ProviderConfig } from '@ccproxy/config';
import type { Clock, Logger, Redactor } from '@ccproxy/kernel';
import type { CredentialSource } from './credential-source.js';
import { fetchToken } from './fetch-token.js';
import { FetchedCredential } from './fetched-credential.js';
import { fixedCredential } from './fixed-credential.js';
import { reportedCredential } from './reported-credential.js';
import type { SourceIo } from './source-io.js';
import { isSubscriptionToken, mayHaveSubscription } from './subscription.js';
import type { Fetched } from './token-of-text.js';

export interface CredentialSourceDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly io: SourceIo;
  /** Learns every token before it is used. */
  readonly secrets: Pick<Redactor, 'add' | 'remove'>;
}

/** A login of a person goes to Anthropic and to nobody else, whoever wrote it down. */
const goesThere = (fetched: Fetched, { type, baseUrl = '' }: ProviderConfig): Fetched => {
  if (!('token' in fetched) || !isSubscriptionToken(fetched.token)) return fetched;
  const allowed = type === 'anthropic' && URL.canParse(baseUrl) && mayHaveSubscription(new URL(baseUrl).hostname);
  return allowed ? fetched : { reason: 'its oauth source gave a Claude subscription login, which goes to Anthropic only' };
};

/** The source of the credential of one provider; nothing is fetched yet. */
export function createCredentialSource(config: ProviderConfig, { io, clock, ...deps }: CredentialSourceDeps): CredentialSource {
  const { auth, name } = config;
  if (config.adapter !== undefined) return reportedCredential(optionSecrets(config.adapter.options), deps.secrets);
  if (auth.kind !== 'oauth') return fixedCredential(auth);
  const fetch = async (signal: AbortSignal): Promise<Fetched> => goesThere(await fetchToken(auth.source, io, clock, signal), config);
  return new FetchedCredential({ provider: name, auth, fetch, clock, ...deps });
}
