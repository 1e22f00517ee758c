import type { ProviderType } from '@ccproxy/config';
import type { CcproxyError } from '@ccproxy/kernel';

/** Header names in lower case, as Node gives them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One upstream request in the protocol of the provider. */
export interface ProviderRequest {
  readonly method: string;
  /** Path and query below the provider's base URL, starting with `/`. */
  readonly path: string;
  /** The client's own headers, local tokens already removed; the provider decides what goes on. */
  readonly clientHeaders: HeaderFields;
  /** The same as the client wrote them (`rawHeaders`: case of the names, order, repetition); what is sent on is made from these when given. */
  readonly rawClientHeaders?: readonly string[];
  readonly body: Buffer | undefined;
  /** Whether an event stream is expected. */
  readonly stream: boolean;
}

/** Receives the answer. Exactly one of `onEnd` and `onError` is called, last. */
export interface ProviderSink {
  /** Response headers that may go to the client; hop-by-hop, cookies, CORS and the like are gone. */
  onHead(status: number, headers: HeaderFields): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** A coded error: CCP_UPSTREAM_* (connect, first byte, idle, total, reset, …). */
  onError(error: CcproxyError): void;
}

/** A call in flight. */
export interface ProviderCall {
  pause(): void;
  resume(): void;
  /** Closes the upstream connection now; no sink method is called afterwards. */
  abort(): void;
}

export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** One configured provider. Created once per configuration; owns its connection pool. */
export interface Provider {
  readonly name: string;
  readonly type: ProviderType;
  /** Wire protocol it speaks. `anthropic` = the client's bytes pass through. */
  readonly protocol: 'anthropic';
  /** Scheme, host and port its credential is bound to; undefined when it has no network. */
  readonly origin: string | undefined;
  /** False: it spends a credential of the user's configuration, so the caller needs a gateway token. */
  readonly openToAnonymous: boolean;
  availability(): Availability;
  call(request: ProviderRequest, sink: ProviderSink): ProviderCall;
  /** Closes idle connections; calls in flight end first. */
  close(): Promise<void>;
}
