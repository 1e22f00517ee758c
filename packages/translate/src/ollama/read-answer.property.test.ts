import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyCut, answersTried, cutBy, scale, someInput, someText, textOf, timeout } from '../testing/arbitraries.js';
import { seen, streamed, whole } from '../testing/answer-bed.js';

const part = fc.record({
  thinking: fc.option(someText, { nil: '' }),
  content: fc.option(someText, { nil: '' }),
  calls: fc.array(fc.record({ name: fc.constantFrom('Bash', 'Read'), input: someInput }), { maxLength: 2 }),
});
const answer = fc.record({
  parts: fc.array(part, { maxLength: 3 }),
  reason: fc.constantFrom('stop', 'length', 'load'),
  prompt: fc.nat(1000),
  output: fc.nat(1000),
  newline: fc.constantFrom('\n', '\r\n', '\n\n'),
  lastLine: fc.boolean(),
});

type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const wire = (value: Answer): Buffer => {
  const lines = [
    ...value.parts.map(({ thinking, content, calls }) => ({
      model: 'm',
      message: {
        role: 'assistant',
        content,
        ...(thinking === '' ? {} : { thinking }),
        ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ name, input }) => ({ function: { name, arguments: input } })) }),
      },
      done: false,
    })),
    {
      model: 'm',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: value.reason,
      prompt_eval_count: value.prompt,
      eval_count: value.output,
    },
  ];
  const text = lines.map((line) => JSON.stringify(line)).join(value.newline) + (value.lastLine ? value.newline : '');
  return Buffer.from(text);
};

it('[C13] TR-110 TR-118 TR-119 TR-125 gives the same legal stream as the whole answer, however it is cut', { timeout }, () => {
  fc.assert(
    fc.property(answer, anyCut, (value, cut) => {
      const { parts, reason, prompt, output } = value;
      const calls = parts.flatMap((one) => one.calls);
      const text = parts.map((one) => one.content).join('');
      const thinking = parts.map((one) => one.thinking).join('');
      const result = streamed('ollama', cutBy(wire(value), cut), { thinkTags: false });
      const stopReason = reason === 'length' ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn';
      expect(textOf(seen(result))).toBe(
        textOf({
          violations: [],
          error: undefined,
          text,
          thinking,
          calls,
          stopReason,
          model: 'claude-asked',
          usage: { input_tokens: prompt, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: output },
        }),
      );
      const message = whole(
        'ollama',
        {
          model: 'm',
          message: {
            role: 'assistant',
            content: text,
            thinking,
            tool_calls: calls.map(({ name, input }) => ({ function: { name, arguments: input } })),
          },
          done: true,
          done_reason: reason,
          prompt_eval_count: prompt,
          eval_count: output,
        },
        { thinkTags: false },
      );
      return (
        typeof message !== 'string' &&
        message.stop_reason === stopReason &&
        isDeepStrictEqual(
          message.content.filter((block) => block['type'] === 'tool_use'),
          result.content.filter((block) => block['type'] === 'tool_use'),
        )
      );
    }),
    { numRuns: answersTried },
  );
});

it('[C13] TR-115 TR-116 survives anything: a legal stream, and never a good end that was not announced', { timeout }, () => {
  const junk = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '{"message":{"tool_calls":[{"function":{"name":"f","arguments":[1]}}]},"done":true}',
      '{"error":null}',
      '{"error":{}}',
      '[1]',
      '<p>',
    ),
    fc.record({ message: fc.anything({ maxDepth: 2 }), done: fc.anything({ maxDepth: 1 }) }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(fc.array(junk, { maxLength: 4 }), (lines) => {
      const { violations, error } = streamed('ollama', [Buffer.from(lines.map((text) => `${text.replaceAll('\n', ' ')}\n`).join(''))]);
      expect(violations).toEqual([]);
      return error !== undefined || lines.some((text) => /"done":true/.test(text));
    }),
    { numRuns: 1_000 * scale },
  );
});
