import type { AnthropicErrorType, JsonObject, TokenUsage } from '@ccproxy/wire';

/** Names one call within an answer: its index, id or whatever the provider tells calls apart by. */
export type ToolKey = string | number;

/** Why an answer ended, in Anthropic's words; `tool_use` follows from the calls themselves. */
export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'refusal' | 'pause_turn';

/**
 * The one event model of all answers: a reader of a wire API calls these in the order things happen upstream, and need
 * not know the rules of the Anthropic stream. Calls of tools may interleave with each other and with text; what is not
 * due yet is held. After `finish` or `fail` everything is ignored.
 */
export interface AnswerSink {
  /** The provider has begun to answer: writes `message_start`. Every other part does it too. */
  begin(): void;
  text(text: string): void;
  /** Reasoning that may be shown. */
  thinking(text: string): void;
  /** What the provider wants back with the reasoning so far, or, without any, with what comes next. Ends the thinking block. */
  signature(payload: string): void;
  /** The next text or thinking begins a new block. */
  breakBlock(): void;
  /** A call, or more about one that is known: the first name that is not empty counts, a late id is ignored. */
  tool(key: ToolKey, call: { readonly id?: string | undefined; readonly name?: string | undefined }): void;
  /** The next piece of the JSON of a call's arguments. */
  toolInput(key: ToolKey, json: string): void;
  /** Nothing more comes for this call. */
  toolDone(key: ToolKey): void;
  /** Whether the arguments of a call form a whole object so far. */
  toolComplete(key: ToolKey): boolean;
  /** A whole block of any other type (`web_search_tool_result`, …). */
  block(block: JsonObject & { readonly type: string }): void;
  /** A source of the text so far, as a client reads it (`web_search_result_location`). Nothing when other blocks followed the text. */
  citation(source: { readonly url: string; readonly title: string; readonly citedText: string }): void;
  /** Counts so far; later ones replace earlier ones. */
  usage(usage: TokenUsage): void;
  /** Why it ended; the end itself may come later. A refusal is never taken back. */
  stop(reason: StopReason, sequence?: string): void;
  /** The model the answer names. */
  model(name: string): void;
  /** The answer is whole. */
  finish(): void;
  /** The answer is broken: ends with an `error` event. */
  fail(type: AnthropicErrorType, message: string): void;
  /** Whether a reason of the end is known. */
  readonly stopped: boolean;
  readonly ended: boolean;
}
