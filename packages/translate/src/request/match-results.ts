import type { JsonObject } from '@ccproxy/wire';
import { toolIdForProvider } from '../core/tool-ids.js';
import { blocksOf, textOf } from './block-members.js';
import type { ContentPart, ToolCallPart, ToolResult } from './conversation.js';
import { readContent } from './read-content.js';
import type { RequestScope } from './request-scope.js';

/** Brings the results of one span of messages together with the calls before it. */
export interface ResultMatcher {
  /** Takes a `tool_result`; one that answers no waiting call comes back as text (row 37). */
  take(block: JsonObject): ContentPart[];
  /** One result per call, in the order of the calls; a call nobody answered gets one that says so. */
  results(): ToolResult[];
}

export function createResultMatcher(calls: readonly ToolCallPart[], scope: RequestScope): ResultMatcher {
  const found = new Map<ToolCallPart, ToolResult>();
  const waiting = Map.groupBy(calls.toReversed(), (call) => call.id);
  return {
    take(block) {
      const id = toolIdForProvider(textOf(block, 'tool_use_id'));
      const parts = readContent(blocksOf(block['content'], 'tool_result'), scope);
      const call = waiting.get(id)?.pop();
      if (call === undefined) return [{ type: 'text', text: '[Result of a tool call]' }, ...parts];
      found.set(call, { id, name: call.name, isError: block['is_error'] === true, parts });
      return [];
    },
    results: () => calls.map((call) => found.get(call) ?? unanswered(call)),
  };
}

const unanswered = ({ id, name }: ToolCallPart): ToolResult => ({
  id,
  name,
  isError: true,
  parts: [{ type: 'text', text: 'No result was recorded for this call.' }],
});
