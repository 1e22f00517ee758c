/** What a thread of a routing module is started with. */
export interface ModuleData {
  /** URL of the user's file. */
  readonly url: string;
  /** `observer`: what it answers is of no interest. */
  readonly kind: 'routing' | 'observer';
}

/** What a routing module is called with. Plain data: it crosses a thread. */
export interface ModuleRequest {
  readonly model: string;
  readonly class: string | undefined;
  readonly agentType: string | undefined;
  readonly stream: boolean;
  /** Estimated input tokens. */
  readonly tokens: number;
  readonly session: string | undefined;
  readonly project: string | undefined;
  readonly user: string | undefined;
  readonly thinking: { readonly type: string; readonly budget?: number } | null;
  readonly tools: readonly string[];
  readonly serverTools: readonly string[];
  readonly image: boolean;
  /** Without those that carry credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body, when the configuration says `body: true`. */
  readonly body?: unknown;
}

/** What an observer is called with when a request is over. */
export interface Observation {
  readonly requestId: string;
  /** ms since the epoch, when it came. */
  readonly at: number;
  readonly request: Omit<ModuleRequest, 'body'>;
  readonly route: string;
  readonly target: string;
  readonly provider: string;
  /** Model the provider was asked for. */
  readonly upstreamModel: string;
  readonly attempts: number;
  readonly outcome: string;
  /** Of the answer; undefined when the client got no head. */
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  /** Parts of the request the provider did not get. */
  readonly dropped: readonly string[];
  readonly durationMs: number;
  readonly firstByteMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly usage: Readonly<Record<string, number | undefined>> | undefined;
  /** The parsed body of the request, when the configuration says `body: true`. */
  readonly body?: unknown;
}

export interface ModuleQuestion {
  readonly id: number;
  /** What it is called with; a routing module gets the features of a request, an observer an observation. */
  readonly request: Omit<ModuleRequest, 'body'> | Observation;
  /** Bytes of the body; parsed in the thread. */
  readonly body: Uint8Array | undefined;
}

export type ModuleReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly holds: boolean; readonly to?: string }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly message: string };
