import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { anyCut, answersTried, cutBy, scale, someInput, someText, sseStyle, textOf, timeout } from '../testing/arbitraries.js';
import { seen, sseBytes, streamed, whole } from '../testing/answer-bed.js';

type Part =
  | { readonly kind: 'thought' | 'text'; readonly text: string; readonly signature: string | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly input: JsonObject; readonly signature: string | undefined }
  | { readonly kind: 'empty'; readonly signature: string | undefined };

const signature = fc.option(fc.stringMatching(/^[A-Za-z0-9+/]{1,8}=?$/), { nil: undefined });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('thought' as const), text: someText, signature }),
  fc.record({ kind: fc.constant('text' as const), text: someText, signature }),
  fc.record({ kind: fc.constant('call' as const), name: fc.constantFrom('Bash', 'Read', 'mcp__x'), input: someInput, signature }),
  fc.record({ kind: fc.constant('empty' as const), signature }),
);

const wirePart = (one: Part): JsonObject => ({
  ...(one.kind === 'call' ? { functionCall: { name: one.name, args: one.input } } : { text: one.kind === 'empty' ? '' : one.text }),
  ...(one.kind === 'thought' ? { thought: true } : {}),
  ...(one.signature === undefined ? {} : { thoughtSignature: one.signature }),
});

/** The parts in events of any size, with the reason in the last, in all of them or in one of its own. */
const answer = fc.record({
  groups: fc.array(fc.array(part, { maxLength: 2 }), { maxLength: 3 }),
  reason: fc.constantFrom('STOP', 'MAX_TOKENS', 'SAFETY', 'SOMETHING_NEW'),
  reasonIn: fc.constantFrom('last', 'all', 'own'),
  usage: fc.record({ prompt: fc.nat(1000), cached: fc.nat(100), output: fc.nat(1000), thoughts: fc.nat(1000) }),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

function events({ groups, reason, reasonIn, usage }: Answer): JsonObject[] {
  const chunks = reasonIn === 'own' || groups.length === 0 ? [...groups, []] : groups;
  return chunks.map((parts, index) => {
    const isLast = index === chunks.length - 1;
    return {
      candidates: [
        {
          ...(parts.length === 0 ? {} : { content: { role: 'model', parts: parts.map(wirePart) } }),
          ...(isLast || reasonIn === 'all' ? { finishReason: reason } : {}),
        },
      ],
      usageMetadata: {
        promptTokenCount: usage.prompt + usage.cached,
        ...(isLast
          ? { cachedContentTokenCount: usage.cached, candidatesTokenCount: usage.output, thoughtsTokenCount: usage.thoughts }
          : { totalTokenCount: 1 }),
      },
      modelVersion: 'gemini-x',
    };
  });
}

const stopOf = (reason: string, calls: number): string =>
  reason === 'SAFETY' ? 'refusal' : reason === 'MAX_TOKENS' ? 'max_tokens' : calls > 0 ? 'tool_use' : 'end_turn';

describe('any answer, cut anywhere', () => {
  it('[C13] TR-118 TR-119 TR-66 TR-67 TR-78 TR-125 gives the same legal stream as the whole answer', { timeout }, () => {
    fc.assert(
      fc.property(answer, sseStyle, anyCut, (value, style, cut) => {
        const parts = value.groups.flat();
        const calls = parts.filter((one) => one.kind === 'call');
        const result = streamed('gemini', cutBy(sseBytes(events(value), style), cut));
        expect(textOf(seen(result))).toBe(
          textOf({
            violations: [],
            error: undefined,
            text: parts.map((one) => (one.kind === 'text' ? one.text : '')).join(''),
            thinking: parts.map((one) => (one.kind === 'thought' ? one.text : '')).join(''),
            calls: calls.map(({ name, input }) => ({ name, input })),
            stopReason: stopOf(value.reason, calls.length),
            model: 'claude-asked',
            usage: {
              input_tokens: value.usage.prompt,
              cache_creation_input_tokens: 0,
              cache_read_input_tokens: value.usage.cached,
              output_tokens: value.usage.output + value.usage.thoughts,
            },
          }),
        );
        const carried = signaturesBeforeCalls(result.content);
        const message = whole('gemini', events(value));
        const same =
          typeof message !== 'string' && isDeepStrictEqual([message.content, message.stop_reason], [result.content, result.stopReason]);
        return same && calls.every((call, index) => call.signature === undefined || carried[index] === `call:${call.signature}`);
      }),
      { numRuns: answersTried },
    );
  });

  it('[C13] TR-115 TR-116 survives anything: a legal stream, and never a good end that was not announced', { timeout }, () => {
    const junk = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":[1]}}]}}]}',
        '[DONE]',
        '{"error":null}',
        '<html>',
      ),
      answer.map((value) => JSON.stringify(events(value)[0]).replace('parts', 'partz')),
    );
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 4 }), (lines) => {
        const bytes = Buffer.from(lines.map((line) => `data: ${line.replaceAll('\n', ' ')}\n\n`).join(''));
        const { violations, error } = streamed('gemini', [bytes]);
        const announced = bytes.includes('finishReason') || bytes.includes('block');
        expect(violations).toEqual([]);
        return announced || error !== undefined;
      }),
      { numRuns: 1_000 * scale },
    );
  });
});

/** What the thinking block right before each call carries. */
const signaturesBeforeCalls = (content: readonly JsonObject[]): (string | undefined)[] =>
  content.flatMap((block, index) => {
    if (block['type'] !== 'tool_use') return [];
    const before = content[index - 1];
    const carried = before?.['type'] === 'thinking' ? decodeForeignSignature(String(before['signature']))?.payload : undefined;
    return [carried?.startsWith('call:') === true ? carried : undefined];
  });
