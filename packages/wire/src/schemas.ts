import { z } from 'zod';

/**
 * Views of the Messages API: only what this program reads is described, every other field survives parsing, and values
 * that grow over time (roles, block types, stop reasons) are plain strings, so that a newer client or API still fits.
 */

const Block = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(Block)]);

/** A message of a request; `role` may be `system` in mid-conversation, content may be empty (claude-code-client.md §2.3). */
export const MessageParam = z.looseObject({ role: z.string(), content: Content });
export type MessageParam = z.infer<typeof MessageParam>;

/** An entry of `tools`: a client tool has `name` and `input_schema`, a server tool a versioned `type`. */
export const ToolParam = z.looseObject({
  name: z.string().optional(),
  type: z.string().nullish(),
  description: z.string().optional(),
  input_schema: z.record(z.string(), z.unknown()).optional(),
});
export type ToolParam = z.infer<typeof ToolParam>;

/** Body of `POST /v1/messages`; `max_tokens` is optional because count_tokens has none. */
export const MessagesRequest = z.looseObject({
  model: z.string(),
  messages: z.array(MessageParam),
  system: Content.nullish(),
  tools: z.array(ToolParam).nullish(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  max_tokens: z.number().nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().optional() }).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
});
export type MessagesRequest = z.infer<typeof MessagesRequest>;

/** Token counts; all optional, because proxies and other providers leave some out. */
export const Usage = z.looseObject({
  input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
});
export type Usage = z.infer<typeof Usage>;

/** A non-streamed answer. */
export const MessagesResponse = z.looseObject({
  id: z.string(),
  type: z.literal('message'),
  role: z.string(),
  model: z.string(),
  content: z.array(Block),
  stop_reason: z.string().nullable(),
  stop_sequence: z.string().nullish(),
  usage: Usage,
});
export type MessagesResponse = z.infer<typeof MessagesResponse>;

const ErrorDetail = z.looseObject({ type: z.string(), message: z.string() });

/** The error envelope of every endpoint. */
export const ErrorBody = z.looseObject({ type: z.literal('error'), error: ErrorDetail, request_id: z.string().nullish() });
export type ErrorBody = z.infer<typeof ErrorBody>;

const index = z.number().int().nonnegative();
const KnownStreamEvent = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('message_start'),
    message: z.looseObject({ id: z.string(), model: z.string(), usage: Usage.optional() }),
  }),
  z.looseObject({ type: z.literal('content_block_start'), index, content_block: Block }),
  z.looseObject({ type: z.literal('content_block_delta'), index, delta: Block }),
  z.looseObject({ type: z.literal('content_block_stop'), index }),
  z.looseObject({ type: z.literal('message_delta'), delta: z.looseObject({ stop_reason: z.string().nullish() }), usage: Usage.optional() }),
  z.looseObject({ type: z.literal('message_stop') }),
  z.looseObject({ type: z.literal('ping') }),
  ErrorBody,
]);
const knownTypes: ReadonlySet<string> = new Set(KnownStreamEvent.options.flatMap((option) => [...option.shape.type.values]));

/** An event of a stream; unknown types pass as they are, malformed known ones do not. */
export const StreamEvent = z.union([KnownStreamEvent, z.looseObject({ type: z.string().refine((type) => !knownTypes.has(type)) })]);
export type StreamEvent = z.infer<typeof StreamEvent>;

/** Answer of `POST /v1/messages/count_tokens`. */
export const CountTokensResponse = z.looseObject({ input_tokens: z.number().int().nonnegative() });
export type CountTokensResponse = z.infer<typeof CountTokensResponse>;

/** Answer of `GET /v1/models`; the client reads `id` and `display_name` (gateways.md §2). */
export const ModelList = z.looseObject({
  data: z.array(
    z.looseObject({ id: z.string(), display_name: z.string().optional(), type: z.string().optional(), created_at: z.string().optional() }),
  ),
  has_more: z.boolean().optional(),
  first_id: z.string().nullish(),
  last_id: z.string().nullish(),
});
export type ModelList = z.infer<typeof ModelList>;
