import type { JsonObject } from '@ccproxy/wire';

/** Where the bytes of a picture or document are. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string };

/** What a user, or a tool, says. Texts are never empty; documents that are text stand as text. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly source: MediaSource }
  | { readonly type: 'document'; readonly source: MediaSource; readonly title: string | undefined };

/** A call the assistant made. `id` and `name` are in the form the target accepts. */
export interface ToolCallPart {
  readonly type: 'call';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

/** Reasoning of the target's own family; that of others is gone. `payload` is what its `signature` carried, perhaps empty. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly payload: string;
}

export type AssistantPart = { readonly type: 'text'; readonly text: string } | ReasoningPart | ToolCallPart;

/** The answer to one call of the turn before. */
export interface ToolResult {
  readonly id: string;
  /** Name of the function that was called, in the target's form. */
  readonly name: string;
  readonly isError: boolean;
  readonly parts: readonly ContentPart[];
}

export interface AssistantTurn {
  readonly role: 'assistant';
  readonly parts: readonly AssistantPart[];
}

export interface UserTurn {
  readonly role: 'user';
  /** Exactly one for each call of the assistant turn before, in the order of the calls; they come before `parts`. */
  readonly results: readonly ToolResult[];
  readonly parts: readonly ContentPart[];
}

/** Something the client's system said in the middle of the conversation. */
export interface SystemTurn {
  readonly role: 'system';
  readonly text: string;
}

export type Turn = AssistantTurn | UserTurn | SystemTurn;

/**
 * The conversation of a request, cleaned of what no target takes: no empty text or turn, no cache marks, no foreign
 * reasoning, each call answered once and at once. Neighbours never have the same role, system turns excepted.
 */
export interface Conversation {
  /** Texts of the system prompt in order. */
  readonly system: readonly string[];
  readonly turns: readonly Turn[];
}
