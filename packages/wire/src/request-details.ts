import type { ByteSpan } from './messages-view.js';

/** What some routing rules ask of a Messages request beyond its view; read only when one does. */
export interface RequestDetails {
  /** Of the key `thinking`, as JavaScript sees its value. */
  readonly thinking: 'absent' | 'falsy' | 'truthy';
  /** Names in `tools`, each once: of entries, of their `function`, and entries that are strings. */
  readonly declaredTools: readonly string[];
  /** Names of the tools the messages show as called, each once. */
  readonly usedTools: readonly string[];
  /** Bytes of text in the messages: contents that are strings, and their blocks with a `text`; nothing of tools. */
  readonly textBytes: number;
  /** The largest of `token_count`, `num_tokens` and `input_tokens` at the top of the body; 0 when absent. */
  readonly statedTokens: number;
  /** The string literals of the system prompt, quotes included: itself, or the `text` of its blocks. */
  readonly system: readonly ByteSpan[];
  /** Whether `output_config.format.type` is `json_schema`. */
  readonly jsonOutput: boolean;
  readonly last: LastMessage;
}

/** The last message that is not of the system. */
export interface LastMessage {
  readonly role: string;
  /** It hands results of tools to the model: the turn goes on. */
  readonly toolResult: boolean;
  /** It holds an image, at its top or in the result of a tool. */
  readonly image: boolean;
  /** The string literal that ends it: its content when that is a string, else the `text` of its last text block. */
  readonly text: ByteSpan | undefined;
}

export const noMessage: LastMessage = { role: '', toolResult: false, image: false, text: undefined };
