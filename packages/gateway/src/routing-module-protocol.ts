/** What a thread of a routing module is started with. */
export interface ModuleData {
  /** URL of the user's file. */
  readonly url: string;
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

export interface ModuleQuestion {
  readonly id: number;
  readonly request: Omit<ModuleRequest, 'body'>;
  /** Bytes of the body; parsed in the thread. */
  readonly body: Uint8Array | undefined;
}

export type ModuleReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly holds: boolean; readonly to?: string }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly message: string };
