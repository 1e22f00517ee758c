import type { LogLevel } from '@ccproxy/kernel';

/** Wire API of a provider; the same protocol as the client's means passthrough. */
export type ProviderType = 'anthropic' | 'ollama' | 'openai' | 'openai-responses' | 'gemini' | 'demo';

/** Where the credential of a provider comes from. */
export type ProviderAuth =
  /** Forward the client's own credential, untouched. */
  { readonly kind: 'client' } | { readonly kind: 'apiKey'; readonly value: string } | { readonly kind: 'none' };

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
  /** Absolute URL without a trailing slash; absent for `demo`. A credential goes to this origin and nowhere else. */
  readonly baseUrl: string | undefined;
  readonly auth: ProviderAuth;
  readonly timeouts: ProviderTimeouts;
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
}

/** One upstream try of a plan. */
export interface Attempt {
  readonly target: string;
  readonly provider: string;
  /** Model to send; undefined: the client's own, bytes untouched. */
  readonly model: string | undefined;
}

/** Kinds of request the client names in its hint headers. */
export type RequestClass = 'main' | 'subagent' | 'workflow' | 'compaction' | 'auxiliary' | 'side_reply';

/** Condition of a rule. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly class: readonly RequestClass[] }
  /** Glob over the model the client asked for. */
  | { readonly model: readonly string[] }
  | { readonly tokens: { readonly over?: number; readonly under?: number } }
  | { readonly stream: boolean };

export interface Rule {
  readonly name: string;
  readonly when: Condition;
  readonly to: string;
  readonly fallback: readonly string[];
}

export interface Profile {
  readonly name: string;
  readonly default: string;
  readonly routes: readonly Rule[];
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
