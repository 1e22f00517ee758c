import type { AdapterModule } from './adapter-use.js';
/** Kinds of request the client names in its hint headers. */
export type RequestClass = 'main' | 'subagent' | 'workflow' | 'compaction' | 'auxiliary' | 'side_reply';

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A part of the day, on some days. Minutes from midnight; an end at or before the start lies on the next day. */
export interface TimeWindow {
  /** Days on which the window begins; every day when absent. */
  readonly days?: readonly Weekday[];
  readonly from?: number;
  readonly to?: number;
  /** IANA name; the zone of the machine when absent. */
  readonly zone?: string;
}

/**
 * A rule of another program, asked exactly as that program asks it, whatever it misses or mistakes. Only presets make these; for rules of
 * your own there are better conditions (docs/guide/routing.md).
 */
export type LegacyCondition =
  | { readonly is: 'py-token-count' | 'ccr-long-context'; readonly threshold: number }
  | { readonly is: 'py-match-model' | 'py-match-tool'; readonly text: string }
  | { readonly is: 'py-thinking' | 'py-default' | 'ccr-background' | 'ccr-web-search' | 'ccr-think' | 'ccr-image' };

/** Condition of a rule. Lists mean "one of these"; patterns know `*` and `?`, and upper and lower case are the same. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly class: readonly RequestClass[] }
  | { readonly agentType: readonly string[] }
  /** Pattern over the model the client asked for. */
  | { readonly model: readonly string[] }
  | { readonly tokens: { readonly over?: number; readonly under?: number } }
  | { readonly thinking: { readonly type?: readonly string[]; readonly budgetOver?: number } }
  | { readonly tool: { readonly declared?: readonly string[]; readonly used?: readonly string[]; readonly forced?: readonly string[] } }
  | { readonly serverTool: readonly string[] }
  | { readonly image: boolean }
  | { readonly system: readonly string[] }
  /** Names in lower case; every one has to match. */
  | { readonly header: Readonly<Record<string, readonly string[]>> }
  | { readonly project: readonly string[] }
  | { readonly session: readonly string[] }
  | { readonly user: readonly string[] }
  | { readonly stream: boolean }
  | { readonly time: TimeWindow }
  /** Name of a routing module in `plugins.routing`. */
  | { readonly custom: string }
  | { readonly legacy: LegacyCondition };

/** When a rule may take a running conversation away from the target it is with. */
export type RuleMoves = 'never' | 'turn' | 'request';

/** A preset as it was written, so that it can be written again. */
export interface PresetUse {
  readonly name: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A rule that leads to a target. */
export interface TargetRule {
  readonly name: string;
  readonly when: Condition;
  readonly to: string;
  readonly fallback: readonly string[];
  /** Absent: as its condition suggests (see `movesOf` of the router). */
  readonly moves?: RuleMoves;
  /** Why it moves conversations, in words of the user. */
  readonly reason?: string;
  readonly preset?: PresetUse;
}

/** The place in the order at which a target named by the client itself is taken. */
export interface SelectorRule {
  readonly name: string;
  /** `any`: every form; `comma`: only `provider,model`; `tag`: a tag in the system prompt. */
  readonly selector: 'any' | 'comma' | 'tag';
  readonly preset?: PresetUse;
}

export type Rule = TargetRule | SelectorRule;

export interface Profile {
  readonly name: string;
  readonly default: string;
  readonly routes: readonly Rule[];
  /** Bounds of every target while the profile is selected; tokens. */
  readonly limits?: { readonly context: number | undefined; readonly output: number | undefined };
}

/** A user's own routing module: a file that is asked in a thread of its own. */
export interface RoutingModule {
  readonly name: string;
  /** Absolute path. */
  readonly module: string;
  /** ms */
  readonly timeout: number;
  /** Whether the module gets the body of the request. */
  readonly body: boolean;
  /** What becomes of a request when the module fails: its rules do not fire, or the request is refused. */
  readonly onFailure: 'skip' | 'refuse';
}

/** The user's own code that is told of every request when it is over. */
export type Observer = Omit<RoutingModule, 'onFailure'>;

export interface PluginsConfig {
  readonly routing: Readonly<Record<string, RoutingModule>>;
  /** Absent: none. */
  readonly observers?: Readonly<Record<string, Observer>>;
  /** Absent: none. */
  readonly providers?: Readonly<Record<string, AdapterModule>>;
}
