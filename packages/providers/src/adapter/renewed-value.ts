import type { Clock } from '@ccproxy/kernel';
import { errors } from '../errors.js';

/** A value and when it ends (ms since the epoch; undefined: nobody knows), or a sentence fragment why there is none. */
export type Found<T> = { readonly value: T; readonly expiresAt: number | undefined } | { readonly reason: string };

export interface RenewedValueOptions<T> {
  /** Looks it up; never rejects. */
  readonly find: () => Promise<Found<T>>;
  /** What of it is secret. */
  readonly secretsOf: (value: T) => readonly string[];
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
export class RenewedValue<T> {
  readonly #options: RenewedValueOptions<T>;
  #value: T | undefined;
  /** Wall clock, ms. */
  #until = 0;
  /** Monotonic, ms. */
  #notBefore = -Infinity;
  #failure: string | undefined;
  #looking: Promise<T> | undefined;

  constructor(options: RenewedValueOptions<T>) {
    this.#options = options;
  }

  /** Rejects with CCP_PROVIDER_UNAVAILABLE. */
  async get(): Promise<T> {
    const { clock } = this.#options;
    if (this.#value !== undefined && clock.now() < this.#until) return this.#value;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** They were refused. True when a look-up may help: it did not happen a moment ago. */
  invalidate(refused: T): boolean {
    const now = this.#options.clock.monotonic();
    if (refused !== this.#value) return true;
    if (now < this.#notBefore) return false;
    this.#until = 0;
    this.#notBefore = -Infinity;
    return true;
  }

  async #look(): Promise<T> {
    const { find, clock, secretsOf, secret, report } = this.#options;
    if (clock.monotonic() < this.#notBefore && this.#failure !== undefined) throw this.#unavailable(this.#failure);
    const refused = this.#value !== undefined;
    const found = await find();
    if ('reason' in found) {
      this.#failure = found.reason;
      this.#notBefore = clock.monotonic() + coolDown;
      report(found.reason);
      throw this.#unavailable(found.reason);
    }
    const { value, expiresAt } = found;
    for (const each of secretsOf(value)) secret(each);
    if (refused) this.#notBefore = clock.monotonic() + coolDown;
    this.#failure = undefined;
    this.#value = value;
    this.#until = expiresAt === undefined ? clock.now() + unknownLife : Math.max(expiresAt - early, clock.now() + 1000);
    report(undefined);
    return value;
  }

  #unavailable(reason: string) {
    return errors.CCP_PROVIDER_UNAVAILABLE({ message: reason });
  }
}
