/** A content block of a message, as far as the fake looks at it. */
export type ContentBlock = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A Messages request, as far as the fake looks at it. Everything is optional: it comes from outside. */
export interface MessageRequest {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content?: string | readonly ContentBlock[] }[];
  readonly tools?: readonly unknown[];
  readonly output_config?: {
    readonly format?: { readonly type?: string; readonly schema?: { readonly properties?: Readonly<Record<string, JsonSchema>> } };
  };
}

export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
}

export const contentBlocks = (...blocks: readonly (ContentBlock | undefined)[]): ContentBlock[] =>
  blocks.filter((block) => block !== undefined);

/** What the human typed last: the last text block of the last user message that is not a system reminder. */
export function lastUserText(request: MessageRequest): string {
  const texts = lastUserBlocks(request).flatMap((block) => (typeof block['text'] === 'string' ? [block['text']] : []));
  return texts.findLast((text) => !/^\s*<system-reminder>/.test(text)) ?? '';
}

export function toolResultsOf(request: MessageRequest): ContentBlock[] {
  return lastUserBlocks(request).filter((block) => block.type === 'tool_result');
}

/** The text of a tool result's content. */
export function flatText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block: ContentBlock) => (typeof block['text'] === 'string' ? block['text'] : `[${block.type}]`)).join('');
}

function lastUserBlocks(request: MessageRequest): readonly ContentBlock[] {
  const content = request.messages?.findLast((message) => message.role === 'user')?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
