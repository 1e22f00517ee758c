/** What a provider adapter is made with, in a thread of its own. */
export interface AdapterSetup {
  /** Name of the provider in the configuration. */
  readonly name: string;
  /** `options` of the provider, variables in place; the adapter checks them itself. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How calls leave this machine; `fetch` of Node knows nothing of it. */
  readonly egress: { readonly proxy: string; readonly ca: readonly string[] };
  /** Limits of a call, ms. The daemon holds all of them but `connect` itself. */
  readonly timeouts: { readonly connect: number; readonly firstByte: number; readonly idle: number; readonly total: number };
  /** Writes a line into the daemon's log; secrets that were made known are masked. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Makes a credential known that is not among the options, before it is used: it then stays out of logs, errors and requests. */
  readonly secret: (value: string) => void;
  /** Says why no call can succeed now, for `/health` and `status`; undefined: calls can succeed again. */
  readonly report: (reason: string | undefined) => void;
}

/** One request of the Anthropic API. */
export interface AdapterRequest {
  readonly method: string;
  /** `/v1/messages`, `/v1/messages/count_tokens` or `/v1/models`, with its query. */
  readonly path: string;
  /** The client's headers in lower case, without its credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The model in it is that of the target. */
  readonly body: Buffer | undefined;
  /** Whether an event stream is expected. */
  readonly stream: boolean;
  /** Input tokens, estimated; undefined for what is no message. */
  readonly inputTokens: number | undefined;
}

/** The answer, as the Anthropic API would give it. The `Response` of `fetch` is one. */
export interface AdapterAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | Iterable<readonly [string, string]> | undefined;
  /** Parts of the request the provider did not get, by name: the client is told. */
  readonly dropped?: readonly string[] | undefined;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array | string> | null | undefined;
}

/** Calls one provider. */
export interface Adapter {
  /** true: thinking without a signature is refused by the provider, and is taken out before. */
  readonly signsThinking?: boolean | undefined;
  /**
   * Answers one request. `signal` aborts when nobody waits any more. What it throws is an error of the call: one with the `code` of a
   * coded error or of Node's network keeps its meaning. 404, 405 or 501 for `count_tokens`: the client gets the estimate.
   */
  answer(request: AdapterRequest, signal: AbortSignal): AdapterAnswer | Promise<AdapterAnswer>;
  /** Called once, when the daemon stops or its configuration changes. */
  close?(): void | Promise<void>;
}

/** The default export of an adapter module. */
export type CreateAdapter = (setup: AdapterSetup) => Adapter | Promise<Adapter>;
