import type { RequestClass } from '@ccproxy/config';

/**
 * How tokens were told: by the count of the turn before and an estimate of what was added, by an estimate from the bytes, corrected by what is
 * known of the model, or by a tokenizer.
 */
export type TokenSource = 'turn' | 'bytes' | 'tokenizer';

/** How many tokens, and how sure that is. */
export interface TokenFacts {
  readonly estimate: number;
  /** Counted, not estimated. */
  readonly exact: boolean;
  /** How wrong the estimate may be in either direction, as a fraction of it; `estimateError` when absent. */
  readonly margin?: number;
  /** Told to people only. */
  readonly by?: TokenSource;
}

/** What a routing module said: whether its condition holds and, if it names one, the target; or why it could not be asked. */
export type CustomAnswer = { readonly holds: boolean; readonly to?: string } | { readonly failed: string };

/** What the rules of other programs ask, in their sense of the words. */
export interface LegacyFacts {
  readonly thinking: 'absent' | 'falsy' | 'truthy';
  readonly lastUserImage: boolean;
  /** Tokens of the text of the messages alone. */
  readonly textTokens: TokenFacts;
  /** The largest count the body claims for itself. */
  readonly statedTokens: number;
  /** Names of everything in `tools`. */
  readonly toolNames: readonly string[];
  /** `input_tokens` of the answer before, cached ones not among them; absent: unknown. */
  readonly previousInput?: number;
}

/** The conversation a request goes on with. */
export interface ConversationFacts {
  /** Target that answered last. */
  readonly target: string;
  /** The request begins a turn of the user; it does not go on with one. */
  readonly turnBegins: boolean;
  /** Tokens that target has in its cache. */
  readonly cachedTokens: number;
}

/**
 * What the decision may know of a request: features, never the prompt. The optional ones are read only when a rule asks for them: an
 * absent one is unknown, null is known to be nothing.
 */
export interface RequestFacts {
  readonly model: string;
  readonly class: RequestClass | undefined;
  /** The client did not say the class; it was told from the request. */
  readonly classGuessed?: boolean;
  readonly agentType: string | undefined;
  readonly stream: boolean;
  /** Input tokens. */
  readonly tokens: TokenFacts;
  readonly sessionId: string | undefined;
  readonly thinking?: { readonly type: string; readonly budget?: number } | null;
  readonly declaredTools?: readonly string[];
  readonly usedTools?: readonly string[];
  readonly forcedTool?: string | null;
  /** Types of the tools the provider runs. */
  readonly serverTools?: readonly string[];
  readonly image?: boolean;
  /** Whether a text that is not kept fits a pattern; by `systemKey` and `headerKey`. */
  readonly matches?: Readonly<Record<string, boolean>>;
  readonly project?: string | null;
  readonly user?: string | null;
  /** ms since the epoch */
  readonly at?: number;
  readonly custom?: Readonly<Record<string, CustomAnswer>>;
  readonly legacy?: LegacyFacts;
  /** `provider,model` from a tag in the system prompt. */
  readonly selectorTag?: string | null;
  readonly conversation?: ConversationFacts;
}

/** A fact that is read only when a rule asks for it. */
export type FactName =
  | 'class'
  | 'thinking'
  | 'declaredTools'
  | 'usedTools'
  | 'forcedTool'
  | 'serverTools'
  | 'image'
  | 'matches'
  | 'project'
  | 'user'
  | 'at'
  | 'custom'
  | 'legacy'
  | 'selectorTag';

/** The key in `matches` of a pattern over the system prompt. */
export const systemKey = (glob: string): string => `system ${glob}`;

/** The key in `matches` of a pattern over a header; `name` in lower case. */
export const headerKey = (name: string, glob: string): string => `header ${name} ${glob}`;
