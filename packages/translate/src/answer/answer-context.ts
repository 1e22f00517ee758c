import type { ToolNames } from '../core/tool-names.js';

/** What reading an answer needs to know of the request it belongs to. Made by `translateRequest`. */
export interface AnswerContext {
  /** Id of the message, unique; also the root of ids of calls the provider gave none. */
  readonly messageId: string;
  /** The model the client asked for (translation.md row 66). */
  readonly model: string;
  /** Estimated tokens of the prompt: stands in `message_start`, and in the end when the provider counts nothing. */
  readonly inputEstimate: number;
  /** Origin of reasoning (`encodeForeignSignature`). */
  readonly family: string;
  readonly toolNames: ToolNames;
  /** Tokens of the model's context window, for the error of a prompt that is too long. */
  readonly contextWindow: number | undefined;
  /** Whether the answer may begin with `<think>…</think>`. */
  readonly thinkTags: boolean;
  /** Sequences the answer was to stop at. */
  readonly stopSequences: readonly string[];
}
