/**
 * What the target model can do. An absent member is unknown: the table of the wire API decides by the model's name
 * (`traits` of each API), else the most common behaviour of that API is assumed.
 */
export interface ModelCapabilities {
  /** Tokens of its context window; stands in the error of a prompt that is too long. */
  readonly context?: number;
  /** Most tokens of one answer: a larger `max_tokens` is lowered to it. */
  readonly output?: number;
  readonly tools?: boolean;
  /** It can be told to call a tool, or which. */
  readonly toolChoice?: boolean;
  /** It can be told to call one tool at a time. */
  readonly parallelTools?: boolean;
  readonly images?: boolean;
  readonly pdf?: boolean;
  /** How thinking is asked for: not at all, with a word, on or off, with a number of tokens. */
  readonly reasoning?: 'none' | 'effort' | 'switch' | 'budget';
  /** The words it knows, weakest first; read when `reasoning` is `effort`. */
  readonly efforts?: readonly string[];
  /** Its own earlier reasoning goes back to it with the conversation. */
  readonly replayReasoning?: boolean;
  /** Member of a chat message that takes it. Default `reasoning_content`. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'reasoning_details';
  /** It takes `temperature`, `top_p` and `top_k`. */
  readonly temperature?: boolean;
  /** It takes `top_k` although its API does not define it. */
  readonly topK?: boolean;
  /** It takes stop sequences. */
  readonly stop?: boolean;
  /** It keeps to a schema strictly when asked to. */
  readonly strictSchemas?: boolean;
  /** A stream can be asked to end with token counts. */
  readonly streamUsage?: boolean;
  /** Name of the member that bounds an answer (chat only). */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens';
  /** An answer may begin with `<think>…</think>`: read as thinking. Default false, but true for models known for it. */
  readonly thinkTags?: boolean;
  /** It searches the web itself when a request has Anthropic's `web_search` tool. */
  readonly webSearch?: boolean;
  /** What becomes of a last message that is the assistant's (prefill). Default `send`. */
  readonly prefill?: 'send' | 'drop' | 'refuse';
}
