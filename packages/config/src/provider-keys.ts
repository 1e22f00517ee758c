import type { RateLimits } from './rate-limits.js';

/** How a key is chosen among several. */
export type KeyStrategy = 'round-robin' | 'weighted' | 'fill-first';

export interface ProviderKey {
  readonly value: string;
  /** Share of the requests with `weighted`. */
  readonly weight: number;
  /** Absent: the limits of the provider. */
  readonly limits?: RateLimits;
}

/** The keys of a provider that has several. */
export interface ProviderKeys {
  readonly strategy: KeyStrategy;
  /** At least one. */
  readonly list: readonly ProviderKey[];
}
