/** Byte offsets `[start, end)` of a value in the body. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

export interface MessageExtent extends ByteSpan {
  /** `user`, `assistant`, `system` (also in mid-conversation), or what a newer client sends. */
  readonly role: string;
}

export interface ToolView {
  /** Empty when the entry has no name (an MCP toolset). */
  readonly name: string;
  /** Set for server tools (`web_search_20250305`) and `custom`. */
  readonly type?: string;
}

/** Base64 content of a request: what does not count as text. */
export interface MediaView {
  /** Blocks of type `image`. */
  readonly images: number;
  /** Bytes of base64 text in their sources; 0 for images named by a URL or a file id. */
  readonly imageBytes: number;
  /** Bytes of base64 text in the sources of other blocks (PDF documents). */
  readonly documentBytes: number;
}

/** What routing, metering and splicing need of a Messages request, read from its bytes. */
export interface MessagesView {
  readonly model: string;
  /** The model's string literal, quotes included. */
  readonly modelSpan: ByteSpan;
  /** False when absent. */
  readonly stream: boolean;
  readonly maxTokens?: number;
  readonly thinking?: { readonly type: string; readonly budgetTokens?: number };
  /** Entries of `tools` that are objects. */
  readonly tools: readonly ToolView[];
  readonly toolChoice?: { readonly type: string; readonly name?: string };
  readonly metadataUserId?: string;
  readonly messages: readonly MessageExtent[];
  /** The value of `system`, string or array. */
  readonly system?: ByteSpan;
  readonly hasImage: boolean;
  readonly media: MediaView;
  /** `parse`: some key or value was written with escapes (or is long) and went through JSON.parse on its own; `scan`: none was. */
  readonly via: 'scan' | 'parse';
  /** Length of the body. */
  readonly bytes: number;
}

export type ScanResult =
  | { readonly ok: true; readonly view: MessagesView }
  /** `message` is one sentence for the client's 400; it names a field or an offset, never content. */
  | { readonly ok: false; readonly reason: 'syntax' | 'shape'; readonly message: string };
