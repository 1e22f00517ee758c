/** One request to the counting thread: the bytes of a body. */
export interface CountRequest {
  readonly id: number;
  readonly body: Uint8Array;
}

/** Tokens of a body, as the tokenizer counts them. */
export interface TokenCount {
  /** Of everything the model reads. */
  readonly all: number;
  /** Of the text of the messages alone. */
  readonly messages: number;
}

export type CountReply = { readonly id: number; readonly count: TokenCount } | { readonly id: number; readonly failed: string };
