import type { ProviderType } from '@ccproxy/config';
import type { CcproxyError } from '@ccproxy/kernel';

/** Header names in lower case, as Node gives them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the gateway knows of a Messages request already, for providers of another protocol. */
export interface RequestNotes {
  /** Model the client asked for; the answer names it. */
  readonly clientModel: string;
  /** Input tokens, estimated and calibrated. */
  readonly inputTokens: number;
  /** What the configuration says of the target. */
  readonly limits: { readonly context: number | undefined; readonly output: number | undefined };
  /** Whether a feature the provider cannot take is an error; undefined: as the provider is configured. */
  readonly strict: boolean | undefined;
}

/** One request of the Anthropic API; a provider of another protocol translates it and its answer. */
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
  /** Absent for requests that are not messages. */
  readonly notes?: RequestNotes;
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
  /** Features of the request the provider does not get, by name; absent: it gets all of them. */
  readonly dropped?: readonly string[];
}

export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** One configured provider. Created once per configuration; owns its connection pool. */
export interface Provider {
  readonly name: string;
  readonly type: ProviderType;
  /** What it is asked in: always the Anthropic protocol; others are translated inside. */
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
