import type { LogLevel } from '@ccproxy/kernel';
import type { AdapterUse } from './adapter-use.js';
import type { FallbackOn } from './fallback-on.js';
import type { OAuthAuth } from './oauth-source.js';
import type { ProviderKeys } from './provider-keys.js';
import type { RateLimits } from './rate-limits.js';
import type { RetryConfig } from './retry-config.js';
import type { PluginsConfig, Profile, Rule } from './rule.js';

export type * from './rule.js';

/** Wire API of a provider; the same protocol as the client's means passthrough, `adapter` that a module of the user's calls it. */
export type ProviderType = 'anthropic' | 'ollama' | 'openai' | 'openai-responses' | 'gemini' | 'adapter' | 'demo';

/** Where the credential of a provider comes from. */
export type ProviderAuth =
  /** Forward the client's own credential, untouched. */
  { readonly kind: 'client' } | { readonly kind: 'apiKey'; readonly value: string } | OAuthAuth | { readonly kind: 'none' };

/** Named time limits of one upstream call, ms; each has its own error code. */
export interface ProviderTimeouts {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
  readonly total: number;
}

export interface ProviderConfig {
  readonly name: string;
  readonly type: ProviderType;
  /** Absolute URL without a trailing slash; absent for `demo` and `adapter`. A credential goes to this origin and nowhere else. */
  readonly baseUrl: string | undefined;
  readonly auth: ProviderAuth;
  readonly timeouts: ProviderTimeouts;
  /** All keys of a provider that has several; `auth` holds the first. Absent: the credential of `auth` is the only one. */
  readonly keys?: ProviderKeys;
  /** Of each key, or of the provider when it has no key of its own. Absent: none. */
  readonly limits?: RateLimits;
  /** A feature of a request it cannot take is an error; else it is left out and named. Only where requests are translated. */
  readonly strict?: boolean;
  /** Ollama: how long the model stays loaded, in its own notation. */
  readonly keepAlive?: string;
  /** Of type `adapter`: the module that calls it. */
  readonly adapter?: AdapterUse;
  /** Why the provider cannot be used now (an unset variable in a credential field), or undefined. */
  readonly unavailable: string | undefined;
}

/** What rules and clients may name. */
export interface Target {
  readonly name: string;
  readonly provider: string;
  /** undefined: keep the model the client asked for. */
  readonly model: string | undefined;
  readonly limits: { readonly context: number | undefined; readonly output: number | undefined };
  /** Names of targets to try next. */
  readonly fallback: readonly string[];
  /** Absent: none. */
  readonly fallbackOn?: FallbackOn;
  /** `strict` of the provider, for this target; absent: the provider's. */
  readonly strict?: boolean;
}

/** What a model can take and how it wants it; what is absent stays as the built-in table has it. */
export interface Capabilities {
  /** Tokens of its context window. */
  readonly context?: number;
  /** Most tokens of one answer. */
  readonly output?: number;
  readonly tools?: boolean;
  readonly toolChoice?: boolean;
  readonly parallelTools?: boolean;
  readonly images?: boolean;
  readonly pdf?: boolean;
  /** How thinking is asked for. */
  readonly reasoning?: ReasoningStyle;
  /** The words it knows for `effort`, weakest first. */
  readonly efforts?: readonly string[];
  /** Its reasoning is sent back with the history. */
  readonly replayReasoning?: boolean;
  /** Member of a chat message that takes it. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'reasoning_details';
  readonly temperature?: boolean;
  /** It takes `top_k` although its API does not define it. */
  readonly topK?: boolean;
  /** It takes stop sequences. */
  readonly stop?: boolean;
  /** Schemas it must keep to, of tools and answers. */
  readonly strictSchemas?: boolean;
  /** Streams can be asked to end with usage. */
  readonly streamUsage?: boolean;
  /** Name of the field that bounds the answer, in the chat protocol. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens';
  /** An answer may begin with `<think>…</think>`. */
  readonly thinkTags?: boolean;
  /** It searches the web itself. */
  readonly webSearch?: boolean;
  /** What becomes of a conversation that ends with the beginning of an answer. */
  readonly prefill?: 'send' | 'drop' | 'refuse';
}

/** `none`: not at all; `effort`: a word; `switch`: on or off; `budget`: a number of tokens. */
export type ReasoningStyle = 'none' | 'effort' | 'switch' | 'budget';

/** Capabilities of the models a pattern fits. */
export interface CapabilityRule {
  /** Glob over `model` and `provider/model`. */
  readonly pattern: string;
  readonly can: Capabilities;
}

/** One upstream try of a plan. */
export interface Attempt {
  readonly target: string;
  readonly provider: string;
  /** Model to send; undefined: the client's own, bytes untouched. */
  readonly model: string | undefined;
}

export interface ServerConfig {
  readonly host: string;
  /** undefined: the remembered port, else 3456, else a free one. */
  readonly port: number | undefined;
  /** Gateway token of the whole server; empty: none. */
  readonly authKey: string;
  /** bytes */
  readonly bodyLimit: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** ms */
  readonly headHold: number;
  /** ms */
  readonly drainTimeout: number;
  /** ms */
  readonly idleShutdown: number;
  /** What each caller may ask for. Absent: no bounds. */
  readonly limits?: RateLimits;
}

/** A search engine for models whose provider has none. */
export interface WebSearchConfig {
  /** Absolute URL without a trailing slash. */
  readonly searxng: string;
  /** Empty: none. */
  readonly apiKey: string;
  /** Results the model gets of one search. */
  readonly results: number;
  /** Searches for one request. */
  readonly searches: number;
  /** ms */
  readonly timeout: number;
}

/** The whole configuration, validated and resolved: what modules read. */
export interface Config {
  readonly server: ServerConfig;
  readonly logging: { readonly level: LogLevel; readonly bodies: boolean; readonly file: string | undefined };
  readonly egress: { readonly proxy: string; readonly ca: readonly string[] };
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly models: Readonly<Record<string, Target>>;
  readonly routes: readonly Rule[];
  readonly profiles: Readonly<Record<string, Profile>>;
  /** Absent: `defaultRetry`. */
  readonly retry?: RetryConfig;
  /** In the order they are written; the first that says something of a capability is believed. */
  readonly capabilities?: readonly CapabilityRule[];
  /** Absent: the web is searched by providers alone. */
  readonly webSearch?: WebSearchConfig;
  /** Absent: none. */
  readonly plugins?: PluginsConfig;
}

/** What an allowed `.ccproxy.yaml` selects: names of the user's own profiles and targets, and tighter bounds. */
export interface ProjectConfig {
  /** undefined: the rules outside of profiles. */
  readonly profile: string | undefined;
  /** Tried before the rules of the profile. */
  readonly routes: readonly Rule[];
  /** Tokens. */
  readonly limits: { readonly context: number | undefined; readonly output: number | undefined };
}
