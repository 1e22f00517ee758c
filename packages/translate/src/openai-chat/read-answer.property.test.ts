import type { JsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCut, answersTried, cutBy, scale, someInput, someText, sseStyle, textOf, timeout } from '../testing/arbitraries.js';
import { seen, sseBytes, streamed, whole } from '../testing/answer-bed.js';

type Segment =
  | { readonly kind: 'thinking' | 'text'; readonly text: string }
  | {
      readonly kind: 'calls';
      readonly calls: readonly { readonly name: string; readonly input: JsonObject }[];
      /** Sizes of the pieces of arguments, and whose piece comes next. */
      readonly sizes: readonly number[];
      readonly order: readonly number[];
    };

const segment: fc.Arbitrary<Segment> = fc.oneof(
  fc.record({ kind: fc.constantFrom('thinking' as const, 'text' as const), text: someText }),
  fc.record({
    kind: fc.constant('calls' as const),
    calls: fc.array(fc.record({ name: fc.constantFrom('Bash', 'Read', 'mcp__x'), input: someInput }), { minLength: 1, maxLength: 3 }),
    sizes: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
    order: fc.array(fc.nat(2), { maxLength: 8 }),
  }),
);

const answer = fc.record({
  segments: fc.array(segment, { maxLength: 3 }),
  reason: fc.constantFrom('stop', 'tool_calls', 'content_filter', 'length', 'something_new'),
  ids: fc.constantFrom('unique', 'none', 'same'),
  repeatsName: fc.boolean(),
  cumulative: fc.boolean(),
  reasoningField: fc.constantFrom('reasoning_content', 'reasoning'),
  reasonIn: fc.constantFrom('last', 'own'),
  usageIn: fc.constantFrom('own', 'reason', 'every'),
  done: fc.boolean(),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const usage = { prompt_tokens: 30, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 10 } };

function pieces(text: string, sizes: readonly number[]): string[] {
  const result: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    result.push(text.slice(at, at + size));
    at += size;
  }
  return result;
}

/** The deltas of several calls at once, in any legal order: each call's own pieces stay in theirs, calls begin one after the other. */
function callDeltas(group: Extract<Segment, { kind: 'calls' }>, first: number, style: Answer): JsonObject[] {
  // A first piece that ends where a value is due could as well be continued as repeated; tokens do not end there.
  const left = group.calls.map((call) => ['{', ...pieces(JSON.stringify(call.input).slice(1), group.sizes)]);
  const sent = group.calls.map(() => '');
  const deltas: JsonObject[] = [];
  let begun = 0;
  const entry = (index: number, more: JsonObject): void => {
    deltas.push({ tool_calls: [{ index: first + index, ...more }] });
  };
  for (let step = 0; left.some((rest) => rest.length > 0); step += 1) {
    let index = (group.order[step % Math.max(1, group.order.length)] ?? 0) % Math.min(begun + 1, group.calls.length);
    while (left[index]?.length === 0) index = (index + 1) % group.calls.length;
    if (index >= begun) {
      index = begun;
      begun += 1;
      const id = style.ids === 'unique' ? { id: `call_${first + index}` } : style.ids === 'same' ? { id: 'call_same' } : {};
      entry(index, { ...id, type: 'function', function: { name: group.calls[index]?.name, arguments: '' } });
    }
    const piece = left[index]?.shift() ?? '';
    sent[index] += piece;
    entry(index, { function: { ...(style.repeatsName ? { name: '' } : {}), arguments: style.cumulative ? sent[index] : piece } });
  }
  return deltas;
}

function chunks(style: Answer): JsonObject[] {
  let calls = 0;
  const deltas = style.segments.flatMap((one): JsonObject[] => {
    if (one.kind !== 'calls') return [{ [one.kind === 'text' ? 'content' : style.reasoningField]: one.text }];
    const first = calls;
    calls += one.calls.length;
    return callDeltas(one, first, style);
  });
  if (style.reasonIn === 'own' || deltas.length === 0) deltas.push({});
  const events = deltas.map((delta, index): JsonObject => {
    const last = index === deltas.length - 1;
    return {
      id: 'chatcmpl-1',
      model: 'gpt-x',
      choices: [{ index: 0, delta, finish_reason: last ? style.reason : null }],
      ...((last && style.usageIn === 'reason') || style.usageIn === 'every' ? { usage } : {}),
    };
  });
  return style.usageIn === 'own' ? [...events, { id: 'chatcmpl-1', choices: [], usage }] : events;
}

const stopOf = (reason: string, calls: number): string => {
  if (reason === 'content_filter') return 'refusal';
  if (reason === 'length') return 'max_tokens';
  return calls > 0 ? 'tool_use' : 'end_turn';
};

/** What the client must see. */
function expected({ segments, reason }: Answer) {
  const calls = segments.flatMap((one) => (one.kind === 'calls' ? one.calls : []));
  const joined = (kind: string): string => segments.map((one) => (one.kind === kind && 'text' in one ? one.text : '')).join('');
  return {
    violations: [],
    error: undefined,
    text: joined('text'),
    thinking: joined('thinking'),
    calls: calls.map(({ name, input }) => ({ name, input })),
    stopReason: stopOf(reason, calls.length),
    model: 'claude-asked',
    usage: { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 10, output_tokens: 12 },
  };
}

const doneMark = Buffer.from('\n\ndata: [DONE]\n\n');

describe('any answer, cut anywhere', () => {
  it('[C13] TR-66 TR-67 TR-68 TR-72 TR-74 TR-77 TR-82 TR-118 TR-119 gives one legal stream with the same content', { timeout }, () => {
    fc.assert(
      fc.property(answer, sseStyle, anyCut, (value, style, cut) => {
        const bytes = sseBytes(chunks(value), style);
        const parts = cutBy(value.done ? Buffer.concat([bytes, doneMark]) : bytes, cut);
        const result = streamed('openai-chat', parts, { thinkTags: false });
        expect(textOf(seen(result))).toBe(textOf(expected(value)));
        const ids = result.content.flatMap((block) => (block['type'] === 'tool_use' ? [String(block['id'])] : []));
        return new Set(ids).size === ids.length && ids.every((id) => /^[A-Za-z0-9_-]+$/.test(id));
      }),
      { numRuns: answersTried },
    );
  });

  it('[C13] TR-125 says the same whole', { timeout }, () => {
    fc.assert(
      fc.property(answer, (value) => {
        const want = expected(value);
        const calls = want.calls.map(({ name, input }, index) => ({
          id: `call_${index}`,
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        }));
        const message = { role: 'assistant', content: want.text, [value.reasoningField]: want.thinking, tool_calls: calls };
        const built = whole(
          'openai-chat',
          { model: 'gpt-x', choices: [{ index: 0, message, finish_reason: value.reason }], usage },
          { thinkTags: false },
        );
        expect(built).toMatchObject({ stop_reason: want.stopReason, usage: want.usage });
        const blocks = typeof built === 'string' ? [] : built.content;
        expect(blocks.flatMap((block) => (block['type'] === 'tool_use' ? [{ name: block['name'], input: block['input'] }] : []))).toEqual(
          want.calls,
        );
        expect(blocks.map((block) => (block['type'] === 'text' ? block['text'] : '')).join('')).toBe(want.text);
      }),
      { numRuns: 500 * scale },
    );
  });

  it('[C13] TR-115 TR-116 survives anything: a legal stream, and never a good end that was not announced', { timeout }, () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.json({ maxDepth: 3 }).map((json) => Buffer.from(`data: ${json}\n\n`)),
      fc
        .tuple(
          fc.constantFrom('choices', 'delta', 'tool_calls', 'usage', 'error', 'finish_reason', 'function', 'arguments'),
          fc.jsonValue({ maxDepth: 2 }),
        )
        .map(([key, value]) => Buffer.from(`data: ${JSON.stringify(deform(key, value))}\n\n`)),
      fc.constant(Buffer.from('data: {"choices":[{"delta":{"content":"x"}}]}\n\n')),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (parts) => {
        const result = streamed('openai-chat', parts);
        expect(result.violations).toEqual([]);
        const announced = /"finish_reason":(?!null)|\[DONE\]/.test(Buffer.concat(parts).toString());
        expect(announced || result.error !== undefined).toBe(true);
      }),
      { numRuns: 1500 * scale },
    );
  });
});

/** A chunk in which one member is something else. */
function deform(key: string, value: unknown): unknown {
  const call = { index: 0, id: 'c', function: { name: 'f', arguments: '{}' } };
  const chunk = { choices: [{ index: 0, delta: { content: 'hi', tool_calls: [call] }, finish_reason: null }], usage };
  return JSON.parse(JSON.stringify(chunk), (name, old: unknown) => (name === key ? value : old)) as unknown;
}
