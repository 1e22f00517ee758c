import type { JsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { anyCut, answersTried, cutBy, scale, someInput, someText, sseStyle, textOf, timeout } from '../testing/arbitraries.js';
import { seen, sseBytes, streamed, whole } from '../testing/answer-bed.js';

type Item =
  | { readonly kind: 'message'; readonly parts: readonly string[] }
  | { readonly kind: 'reasoning'; readonly parts: readonly string[]; readonly encrypted: string | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly input: JsonObject };

const texts = fc.array(someText, { minLength: 1, maxLength: 2 });
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant('message' as const), parts: texts }),
  fc.record({
    kind: fc.constant('reasoning' as const),
    parts: texts,
    encrypted: fc.option(fc.base64String({ maxLength: 8 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('call' as const), name: fc.constantFrom('Bash', 'Read'), input: someInput }),
);
const answer = fc.record({
  items: fc.array(item, { maxLength: 3 }),
  /** How much of an item is told before the end: nothing, the whole item, or its pieces. */
  told: fc.constantFrom('end', 'done', 'deltas'),
  /** Deltas of all items at once, in turns. */
  interleaved: fc.boolean(),
  size: fc.integer({ min: 1, max: 20 }),
  incomplete: fc.constantFrom(undefined, 'max_output_tokens', 'content_filter'),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const usage = { input_tokens: 30, output_tokens: 12, input_tokens_details: { cached_tokens: 10 } };

function wireItem(one: Item, index: number): JsonObject {
  if (one.kind === 'message')
    return { type: 'message', id: `i${index}`, content: one.parts.map((text) => ({ type: 'output_text', text })) };
  if (one.kind === 'call')
    return { type: 'function_call', id: `i${index}`, call_id: `c${index}`, name: one.name, arguments: JSON.stringify(one.input) };
  return {
    type: 'reasoning',
    id: `i${index}`,
    summary: one.parts.map((text) => ({ type: 'summary_text', text })),
    ...(one.encrypted === undefined ? {} : { encrypted_content: one.encrypted }),
  };
}

const split = (text: string, size: number): string[] => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];

function itemDeltas(one: Item, output_index: number, size: number): JsonObject[] {
  const events = (type: string, text: string, more: JsonObject = {}): JsonObject[] =>
    split(text, size).map((delta) => ({ type: `response.${type}.delta`, output_index, delta, ...more }));
  if (one.kind === 'call') return events('function_call_arguments', JSON.stringify(one.input));
  if (one.kind === 'message') return one.parts.flatMap((text, content_index) => events('output_text', text, { content_index }));
  return one.parts.flatMap((text, summary_index) => events('reasoning_summary_text', text, { summary_index }));
}

/** Calls may overlap with each other; other items come one by one, as the provider sends them. */
function events({ items, told, interleaved, size, incomplete }: Answer): JsonObject[] {
  const added = items.map((one, output_index) => ({
    type: 'response.output_item.added',
    output_index,
    item: { ...wireItem(one, output_index), content: [], summary: [], arguments: '', encrypted_content: undefined },
  }));
  const deltas = items.map((one, index) => itemDeltas(one, index, size));
  const done = items.map((one, output_index) => ({ type: 'response.output_item.done', output_index, item: wireItem(one, output_index) }));
  const body: JsonObject[] = [];
  if (told === 'done') body.push(...done);
  else if (told === 'deltas' && interleaved && items.every((one) => one.kind === 'call')) {
    body.push(...added);
    for (let turn = 0; deltas.some((rest) => turn < rest.length); turn += 1)
      body.push(...deltas.flatMap((rest) => rest.slice(turn, turn + 1)));
    body.push(...done);
  } else if (told === 'deltas')
    items.forEach((_one, index) =>
      body.push(...[added[index], ...(deltas[index] ?? []), done[index]].filter((event) => event !== undefined)),
    );
  return [
    { type: 'response.created', response: { model: 'gpt-x' } },
    ...body,
    { type: 'response.completed', response: response(items, incomplete) },
  ];
}

const response = (items: readonly Item[], reason: string | undefined): JsonObject => ({
  status: reason === undefined ? 'completed' : 'incomplete',
  ...(reason === undefined ? {} : { incomplete_details: { reason } }),
  output: items.map(wireItem),
  usage,
});

const stopOf = (reason: string | undefined, calls: number): string => {
  if (reason !== undefined) return reason === 'content_filter' ? 'refusal' : 'max_tokens';
  return calls > 0 ? 'tool_use' : 'end_turn';
};

describe('any response, cut anywhere', () => {
  it('[C13] [C23] TR-66 TR-67 TR-68 TR-85 TR-106 TR-108 TR-118 TR-125 gives the same legal stream as the whole one', { timeout }, () => {
    fc.assert(
      fc.property(answer, sseStyle, anyCut, (value, style, cut) => {
        const { items, incomplete } = value;
        const calls = items.flatMap((one) => (one.kind === 'call' ? [{ name: one.name, input: one.input }] : []));
        const result = streamed('openai-responses', cutBy(sseBytes(events(value), style), cut));
        expect(textOf(seen(result))).toBe(
          textOf({
            violations: [],
            error: undefined,
            text: items.flatMap((one) => (one.kind === 'message' ? one.parts : [])).join(''),
            thinking: items.flatMap((one) => (one.kind === 'reasoning' ? [one.parts.join('\n\n')] : [])).join(''),
            calls,
            stopReason: stopOf(incomplete, calls.length),
            model: 'claude-asked',
            usage: { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 10, output_tokens: 12 },
          }),
        );
        const payloads = result.content.flatMap((block) =>
          block['type'] === 'thinking' ? [decodeForeignSignature(String(block['signature']))?.payload] : [],
        );
        expect(textOf(payloads)).toBe(textOf(items.flatMap((one) => (one.kind === 'reasoning' ? [one.encrypted ?? ''] : []))));
        const built = whole('openai-responses', response(items, incomplete));
        const {
          content,
          stop_reason,
          usage: counted,
        } = typeof built === 'string' ? { content: built, stop_reason: null, usage: null } : built;
        expect(textOf([content, stop_reason, counted])).toBe(textOf([result.content, result.stopReason, result.usage]));
      }),
      { numRuns: answersTried },
    );
  });

  it('[C13] TR-115 TR-116 survives anything: a legal stream, and never a good end that was not announced', { timeout }, () => {
    const types = [
      'output_item.added',
      'output_item.done',
      'output_text.delta',
      'function_call_arguments.delta',
      'reasoning_summary_text.delta',
      'failed',
      'created',
    ];
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record(
          {
            type: fc.constantFrom(...types.map((type) => `response.${type}`)),
            output_index: fc.oneof(fc.nat(2), fc.jsonValue({ maxDepth: 1 })),
            delta: fc.jsonValue({ maxDepth: 1 }),
            item: fc.oneof(
              fc.jsonValue({ maxDepth: 2 }),
              item.map((one) => wireItem(one, 0)),
            ),
            response: fc.jsonValue({ maxDepth: 2 }),
          },
          { requiredKeys: ['type'] },
        )
        .map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`)),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (parts) => {
        const result = streamed('openai-responses', parts);
        expect(result.violations).toEqual([]);
        expect(result.error).toBeDefined();
      }),
      { numRuns: 1500 * scale },
    );
  });
});
