import type { JsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireApis } from '../core/wire-api.js';
import { translationOf } from '../translation-of.js';
import { createToolNames } from '../core/tool-names.js';
import { image, request } from '../testing/request-bed.js';
import type { Conversation } from './conversation.js';
import { readConversation } from './read-conversation.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

const id = fc.constantFrom('a', 'b', 'c', '', 'x'.repeat(90));
const block: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom('', ' ', 'hello', 'né').map((text) => ({ type: 'text', text })),
  id.map((one) => ({ type: 'tool_use', id: one, name: 'f', input: { q: 1 } })),
  fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: id,
    content: fc.constantFrom(undefined, '', 'R', [], [{ type: 'text', text: 'R' }, image]),
    is_error: fc.constantFrom(true, undefined),
  }),
  fc.constantFrom<JsonObject>(image, { type: 'thinking', thinking: 't', signature: 'S' }, { type: 'redacted_thinking', data: 'D' }),
);
const message = fc.record({
  role: fc.constantFrom('user', 'assistant', 'system'),
  content: fc.oneof(fc.constantFrom('', 'said'), fc.array(block, { maxLength: 4 })),
});
const messages = fc.array(message, { maxLength: 6 });

const scope = {
  model: 'm',
  capabilities: {},
  family: 'openai-chat',
  inputEstimate: 1,
  toolNames: createToolNames(translationOf('openai-chat').toolNames),
  drop: () => undefined,
  unserved: () => undefined,
};
const read = (list: readonly unknown[]): Conversation => readConversation({ messages: list }, scope);

describe('any conversation', () => {
  it('[C13] TR-5 TR-6 TR-12 TR-31 TR-32 TR-37 becomes one every provider takes', () => {
    fc.assert(
      fc.property(messages, (list) => {
        const { turns } = read(list);
        expect(turns.length).toBeGreaterThan(0);
        turns.forEach((turn, index) => {
          const before = turns[index - 1];
          const calls = before?.role === 'assistant' ? before.parts.filter((part) => part.type === 'call') : [];
          const results = turn.role === 'user' ? turn.results : [];
          // Each call is answered at once, in its order, and nothing else is.
          expect(results.map((result) => result.id)).toEqual(calls.map((call) => call.id));
          expect(turn.role === 'system' || turn.role !== before?.role).toBe(true);
          expect(turn.role === 'system' ? turn.text : [...results, ...turn.parts]).not.toHaveLength(0);
        });
        expect(turns.at(-1)?.role === 'assistant' && JSON.stringify(turns.at(-1)).includes('"call"')).toBe(false);
      }),
      { numRuns: 1000 * scale },
    );
  });

  it.each(wireApis)('[C13] is written for %s without a throw, the same each time, and without what is foreign', (api) => {
    fc.assert(
      fc.property(messages, (list) => {
        const body = { messages: list, tools: [{ name: 'f', input_schema: {} }] };
        const before = JSON.stringify(body);
        const first = JSON.stringify(request(api, body).body);
        expect(JSON.stringify(request(api, body).body)).toBe(first);
        expect(JSON.stringify(body)).toBe(before);
        expect(first).not.toMatch(/"S"|"D"|redacted_thinking|tool_use/);
      }),
      { numRuns: 300 * scale },
    );
  });

  it.each(wireApis)('stays linear for %s, whoever speaks how often', (api) => {
    const count = 40_000;
    const turns = (roles: readonly string[], contents: readonly string[]): JsonObject[] =>
      Array.from({ length: count }, (_, index) => ({ role: roles[index % roles.length], content: contents[index % contents.length] }));
    const written = [
      turns(['user'], ['x']),
      turns(['user', 'assistant'], ['x']),
      turns(['user', 'system'], ['x']),
      turns(['assistant', 'user'], ['x', '']),
    ].map((list) => JSON.stringify(request(api, { messages: [...list, { role: 'user', content: 'last' }] }).body));
    for (const text of written) expect(text).toContain('last');
  });

  it('stays linear for conversations made to be slow', () => {
    const calls = Array.from({ length: 20_000 }, (_, index) => ({ type: 'tool_use', id: `t${index}`, name: 'f', input: {} }));
    const results = calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: 'x' })).toReversed();
    const users = Array.from({ length: 200_000 }, () => ({ role: 'user', content: 'x' }));
    const { turns } = read([{ role: 'assistant', content: calls }, { role: 'user', content: results }, ...users]);
    expect(turns).toHaveLength(2);
    expect(turns[1]).toMatchObject({ role: 'user', results: { length: 20_000 }, parts: { length: 200_000 } });
  });
});
