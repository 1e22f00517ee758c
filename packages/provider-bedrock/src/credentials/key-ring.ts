import type { Clock } from '@ccproxy/kernel';
import { providersErrors } from '@ccproxy/providers';
import type { AwsKeys } from '../sign-request.js';
import type { FoundKeys } from './found-keys.js';

export interface KeyRingOptions {
  readonly find: () => Promise<FoundKeys>;
  readonly clock: Clock;
  /** Learns secrets before they are used. */
  readonly secret: (value: string) => void;
  /** Learns why there are no credentials; undefined: there are. */
  readonly report: (reason: string | undefined) => void;
}

/** Credentials that say when they end are renewed so long before, those that do not are looked up anew after so long, ms. */
const early = 5 * 60_000;
const unknownLife = 5 * 60_000;
/** A place that failed, or whose credentials were refused although they were fresh, is left alone so long, ms. */
const coolDown = 30_000;

/** Credentials that are looked up when they are first needed, when they end, and when they are refused. All who wait share one look-up. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #keys: AwsKeys | undefined;
  /** Wall clock, ms. */
  #until = 0;
  /** Monotonic, ms. */
  #notBefore = -Infinity;
  #failure: string | undefined;
  #looking: Promise<AwsKeys> | undefined;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Rejects with CCP_PROVIDER_UNAVAILABLE. */
  async get(): Promise<AwsKeys> {
    const { clock } = this.#options;
    if (this.#keys !== undefined && clock.now() < this.#until) return this.#keys;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** They were refused. True when a look-up may help: it did not happen a moment ago. */
  invalidate(refused: AwsKeys): boolean {
    const now = this.#options.clock.monotonic();
    if (refused !== this.#keys) return true;
    if (now < this.#notBefore) return false;
    this.#until = 0;
    this.#notBefore = -Infinity;
    return true;
  }

  async #look(): Promise<AwsKeys> {
    const { find, clock, secret, report } = this.#options;
    if (clock.monotonic() < this.#notBefore && this.#failure !== undefined) throw this.#unavailable(this.#failure);
    const refused = this.#keys !== undefined;
    const found = await find();
    if ('reason' in found) {
      this.#failure = found.reason;
      this.#notBefore = clock.monotonic() + coolDown;
      report(found.reason);
      throw this.#unavailable(found.reason);
    }
    const { keys, expiresAt } = found;
    for (const value of [keys.secretAccessKey, keys.sessionToken]) if (value !== undefined) secret(value);
    if (refused) this.#notBefore = clock.monotonic() + coolDown;
    this.#failure = undefined;
    this.#keys = keys;
    this.#until = expiresAt === undefined ? clock.now() + unknownLife : Math.max(expiresAt - early, clock.now() + 1000);
    report(undefined);
    return keys;
  }

  #unavailable(reason: string) {
    return providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: reason });
  }
}
