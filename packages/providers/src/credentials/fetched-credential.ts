import type { OAuthAuth } from '@ccproxy/config';
import type { CcproxyError, Clock, Logger, Redactor } from '@ccproxy/kernel';
import { errors } from '../errors.js';
import type { Availability } from '../provider.js';
import type { Credential, CredentialSource } from './credential-source.js';
import type { Fetched } from './token-of-text.js';

export interface FetchedCredentialOptions {
  readonly provider: string;
  readonly auth: Pick<OAuthAuth, 'refresh' | 'required'>;
  /** Asks the source once; never rejects. */
  readonly fetch: (signal: AbortSignal) => Promise<Fetched>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Learns each value before it is used. */
  readonly secrets: Pick<Redactor, 'add' | 'remove'>;
}

/** A source that failed, or whose token was refused although it was fresh, is left alone this long, ms. */
const coolDown = 30_000;
/** Part of `refresh` after which a new token is fetched while the old one is still used. */
const early = 0.9;
const available: Availability = { available: true };
/** A failed fetch is logged and shown where it happens. */
const noted = (): void => {};

type Bearer = Extract<Credential, { kind: 'bearer' }>;

/**
 * A token that is fetched when it is first needed, again when it is old, and again when the provider refuses it. All who wait share one
 * fetch. A fetch that fails keeps the old token unless that was refused, and is not repeated for half a minute.
 */
export class FetchedCredential implements CredentialSource {
  readonly renewable = true;
  readonly required: boolean;
  readonly #options: FetchedCredentialOptions;
  readonly #closing = new AbortController();
  #token: Bearer | undefined;
  /** The one before: answers on their way may still repeat it. */
  #before: Bearer | undefined;
  #fetchedAt = 0;
  #refused = false;
  #fetching: Promise<Credential> | undefined;
  #failure: string | undefined;
  /** Monotonic ms before which the source is not asked. */
  #notBefore = -Infinity;

  constructor(options: FetchedCredentialOptions) {
    this.#options = options;
    this.required = options.auth.required;
  }

  current(): Credential | undefined {
    if (this.#token === undefined || this.#refused) return undefined;
    const now = this.#options.clock.monotonic();
    const age = now - this.#fetchedAt;
    const { refresh } = this.#options.auth;
    if (age < refresh * early || now < this.#notBefore) return this.#token;
    if (age >= refresh) return undefined;
    // The old one serves until the new one is there.
    this.obtain().catch(noted);
    return this.#token;
  }

  obtain(): Promise<Credential> {
    this.#fetching ??= this.#renew().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  invalidate(refused: Credential): void {
    if (refused !== this.#token || this.#refused || this.#options.clock.monotonic() < this.#notBefore) return;
    this.#refused = true;
  }

  availability(): Availability {
    const usable = this.#token !== undefined && !this.#refused;
    return usable || this.#failure === undefined ? available : { available: false, reason: this.#failure };
  }

  secrets(): readonly string[] {
    return [this.#token, this.#before].flatMap((each) => (each === undefined ? [] : [each.value]));
  }

  close(): void {
    this.#closing.abort();
    for (const value of this.secrets()) this.#options.secrets.remove(value);
    this.#token = undefined;
    this.#before = undefined;
  }

  async #renew(): Promise<Credential> {
    const { clock, fetch, logger, provider } = this.#options;
    if (clock.monotonic() < this.#notBefore) return this.#otherwise();
    const because = this.#token === undefined ? 'first' : this.#refused ? 'refused' : 'age';
    const fetched = await fetch(this.#closing.signal);
    if (this.#closing.signal.aborted) throw this.#unavailable('the configuration has changed');
    if ('token' in fetched) {
      logger.info({ provider, because }, 'the token of a provider was fetched');
      return this.#take(fetched.token);
    }
    this.#failure = fetched.reason;
    this.#notBefore = clock.monotonic() + coolDown;
    logger.warn({ provider, because, reason: this.#failure }, 'the token of a provider cannot be fetched');
    return this.#otherwise();
  }

  #take(value: string): Credential {
    const { clock, secrets } = this.#options;
    const now = clock.monotonic();
    // Fetched because it was refused: whether that helped or not, the source is not asked again at once.
    if (this.#refused) this.#notBefore = now + coolDown;
    this.#failure = undefined;
    this.#refused = false;
    this.#fetchedAt = now;
    if (this.#token?.value === value) return this.#token;
    const gone = this.#before;
    secrets.add(value);
    this.#before = this.#token;
    this.#token = { kind: 'bearer', value };
    if (gone !== undefined && gone.value !== value) secrets.remove(gone.value);
    return this.#token;
  }

  /** What there is when nothing new can be had: the old token, or the reason. */
  #otherwise(): Credential {
    if (this.#token !== undefined && !this.#refused) return this.#token;
    throw this.#unavailable(this.#failure ?? 'its token was refused');
  }

  #unavailable(reason: string): CcproxyError {
    return errors.CCP_PROVIDER_UNAVAILABLE({ message: `provider "${this.#options.provider}" cannot be used: ${reason}` });
  }
}
