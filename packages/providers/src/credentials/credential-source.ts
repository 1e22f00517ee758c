import type { Availability } from '../provider.js';

/** What goes with a call: the client's own credential, one of the configuration, a fetched token, or nothing. */
export type Credential =
  | { readonly kind: 'client' }
  | { readonly kind: 'none' }
  | { readonly kind: 'apiKey'; readonly value: string }
  | { readonly kind: 'bearer'; readonly value: string };

/** Gives the credential of one provider. It is bound to the origin of that provider and given to no other. */
export interface CredentialSource {
  /** Whether another credential may come when the provider refuses this one. */
  readonly renewable: boolean;
  /** Without it the daemon must not start. */
  readonly required: boolean;
  /** What to send now; undefined: `obtain` first. */
  current(): Credential | undefined;
  /** Fetches what `current` lacks; all who wait share one fetch. Rejects with CCP_PROVIDER_UNAVAILABLE. */
  obtain(): Promise<Credential>;
  /** The provider refused that credential: it is fetched anew, unless that happened a moment ago. */
  invalidate(refused: Credential): void;
  availability(): Availability;
  /** Values that must appear nowhere: those in use, and those that answers on their way may still repeat. */
  secrets(): readonly string[];
  /** Keeps a value that whoever calls the provider has fetched itself; absent: nobody does. */
  learn?(value: string): void;
  /** Ends a fetch that runs and forgets every value. */
  close(): void;
}
