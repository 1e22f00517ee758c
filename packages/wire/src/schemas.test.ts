import { describe, expect, it } from 'vitest';
import { errorBody } from './error-body.js';
import { createMessageBuilder } from './message-builder.js';
import { CountTokensResponse, ErrorBody, MessagesRequest, MessagesResponse, ModelList, StreamEvent } from './schemas.js';

describe('schemas', () => {
  it('let everything unknown survive', () => {
    const request = {
      model: 'm',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
        { role: 'system', content: [], output_config: { effort: 'high' } },
      ],
      system: [{ type: 'text', text: 's' }],
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }],
      thinking: { type: 'adaptive', display: 'omitted' },
      context_management: { edits: [] },
      safeguards: [{ type: 'dangerous_tool_use' }],
    };
    expect(MessagesRequest.parse(request)).toEqual(request);
    const list = { data: [{ id: 'claude-via-local', display_name: 'local', extra: 1 }], has_more: false };
    expect(ModelList.parse(list)).toEqual(list);
    expect(CountTokensResponse.parse({ input_tokens: 5, extra: 1 })).toEqual({ input_tokens: 5, extra: 1 });
  });

  it('refuse what this program could not use', () => {
    expect(MessagesRequest.safeParse({ model: 1, messages: [] }).success).toBe(false);
    expect(MessagesRequest.safeParse({ model: 'm', messages: [{ role: 'user' }] }).success).toBe(false);
    expect(CountTokensResponse.safeParse({ input_tokens: -1 }).success).toBe(false);
    expect(ErrorBody.safeParse({ type: 'error', error: 'x' }).success).toBe(false);
  });

  it('fit what this package writes', () => {
    expect(ErrorBody.parse(JSON.parse(errorBody('api_error', 'x', 'req_1')))).toMatchObject({ request_id: 'req_1' });
    const builder = createMessageBuilder({ id: 'a', model: 'm', usage: {} });
    builder.writer.text('x');
    builder.writer.finish({ stopReason: 'end_turn', usage: {} });
    expect(MessagesResponse.safeParse(builder.message()).success).toBe(true);
  });

  it('know the events of a stream, pass new ones, and refuse malformed known ones', () => {
    expect(StreamEvent.parse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })).toMatchObject({
      index: 0,
    });
    expect(StreamEvent.parse({ type: 'novelty', a: 1 })).toEqual({ type: 'novelty', a: 1 });
    expect(StreamEvent.safeParse({ type: 'content_block_start', index: -1 }).success).toBe(false);
    expect(StreamEvent.safeParse({ type: 7 }).success).toBe(false);
  });
});
