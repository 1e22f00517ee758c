import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLastMessage } from './scan-message-details.js';
import { scanMessagesRequest } from './scan-messages-request.js';
import { readSystemTexts, scanRequestDetails } from './scan-request-details.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const word = fc.oneof(fc.constantFrom('Bash', 'web_search', 'a"b\\', 'é', ''), fc.string({ maxLength: 40, unit: 'binary' }));
const anything = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const mostly = (usual: fc.Arbitrary<Json>) => fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: anything });
const partial = (fields: Readonly<Record<string, fc.Arbitrary<Json>>>) =>
  fc.record(fields, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Json>;
const list = (item: fc.Arbitrary<Json>) => fc.array(item, { maxLength: 4 }) as fc.Arbitrary<Json>;

const inner = partial({ type: mostly(fc.constantFrom('image', 'text')), text: word });
const block = partial({
  type: mostly(fc.constantFrom('text', 'image', 'tool_use', 'server_tool_use', 'mcp_tool_use', 'tool_result')),
  name: mostly(word),
  text: mostly(word),
  content: mostly(fc.oneof(word as fc.Arbitrary<Json>, list(mostly(inner)))),
  input: anything,
});
const message = fc
  .tuple(fc.constantFrom('user', 'assistant', 'system'), mostly(fc.oneof(word as fc.Arbitrary<Json>, list(mostly(block)))))
  .map(([role, content]): Json => ({ content, role }));
const tool = fc.oneof(
  word as fc.Arbitrary<Json>,
  partial({ name: mostly(word), function: mostly(partial({ name: mostly(word) })), type: word }),
);
const body = fc
  .tuple(
    list(message),
    partial({
      thinking: fc.oneof(anything, fc.constantFrom<Json>('', 'x', 0, false, { type: 'disabled' })),
      tools: mostly(list(mostly(tool))),
      system: mostly(fc.oneof(word as fc.Arbitrary<Json>, list(mostly(partial({ type: fc.constant('text'), text: mostly(word) }))))),
      output_config: mostly(partial({ format: mostly(partial({ type: fc.constantFrom<Json>('json_schema', 'text', 1) })) })),
      token_count: anything,
      num_tokens: fc.integer(),
      input_tokens: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
  )
  .map(([messages, rest]) => ({ model: 'm', messages, ...(rest as object) }));

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const items = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const isText = (value: unknown): value is string => typeof value === 'string';
/** What JSON.stringify puts between the quotes, in bytes. */
const written = (value: unknown): number => (isText(value) ? Buffer.byteLength(JSON.stringify(value)) - 2 : 0);

/** The same read from the parsed value. */
function expected(parsed: Record<string, unknown>) {
  const { thinking, tools, system, messages, output_config: output } = parsed;
  const blocks = items(messages).flatMap((each) => items(record(each)['content']).map(record));
  const last = items(messages)
    .map(record)
    .findLast(({ role }) => role !== 'system');
  const lastBlocks = items(last?.['content']).map(record);
  const number = (value: unknown): number => (typeof value === 'number' ? Math.max(0, value) : 0);
  return {
    thinking: !('thinking' in parsed) ? 'absent' : thinking ? 'truthy' : 'falsy',
    declaredTools: [
      ...new Set(
        items(tools)
          .flatMap((each) => [each, record(each)['name'], record(record(each)['function'])['name']])
          .filter(isText),
      ),
    ],
    usedTools: [
      ...new Set(
        blocks.flatMap(({ type, name }) => (isText(name) && isText(type) && /^(?:server_|mcp_)?tool_use$/.test(type) ? [name] : [])),
      ),
    ],
    textBytes:
      items(messages).reduce<number>((total, each) => total + written(record(each)['content']), 0) +
      blocks.reduce((total, { text }) => total + written(text), 0),
    statedTokens: Math.max(number(parsed['token_count']), number(parsed['num_tokens']), number(parsed['input_tokens'])),
    system: isText(system)
      ? [system]
      : items(system)
          .map((each) => record(each)['text'])
          .filter(isText),
    jsonOutput: record(record(output)['format'])['type'] === 'json_schema',
    last: {
      role: last?.['role'] ?? '',
      toolResult: lastBlocks.some(({ type }) => type === 'tool_result'),
      image: lastBlocks.some(
        ({ type, content }) =>
          type === 'image' || (type === 'tool_result' && items(content).some((each) => record(each)['type'] === 'image')),
      ),
      text: isText(last?.['content']) ? last['content'] : textOf(lastBlocks.findLast(({ type }) => type === 'text')?.['text']),
    },
  };
}

const textOf = (value: unknown): string | undefined => (isText(value) ? value : undefined);

describe('scanRequestDetails', () => {
  it('[C1] sees what JSON.parse shows', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(undefined, 2), (value, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
        const literal = ({ start, end }: { start: number; end: number }): unknown => JSON.parse(bytes.toString('utf8', start, end));
        const details = scanRequestDetails(bytes);
        const { text, ...last } = details.last;
        const readable = {
          ...details,
          system: details.system.map(literal),
          last: { ...last, text: text === undefined ? undefined : literal(text) },
        };
        const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(readable).toEqual(expected(parsed));
        const scan = scanMessagesRequest(bytes);
        expect(scan.ok ? readLastMessage(bytes, scan.view.messages) : details.last).toEqual(details.last);
        expect(scan.ok ? readSystemTexts(bytes, scan.view.system) : details.system).toEqual(details.system);
      }),
      { numRuns: 5000 * scale },
    );
  });

  it.each([
    [
      'a repeated key: the last wins',
      '{"thinking":1,"thinking":0,"tools":["a"],"tools":["b"]}',
      { thinking: 'falsy', declaredTools: ['b'] },
    ],
    ['escaped keys', '{"\\u0074hinking":{},"tools":[{"n\\u0061me":"x"}]}', { thinking: 'truthy', declaredTools: ['x'] }],
    ['what is cut off', '{"thinking":true,"tools":["a"', { thinking: 'truthy', declaredTools: [] }],
    ['no object', '[1]', { thinking: 'absent', declaredTools: [] }],
    ['a byte order mark', '\uFEFF{"thinking":"x"}', { thinking: 'truthy', declaredTools: [] }],
  ])('[F1] reads %s', (_name, text, wanted) => {
    const { thinking, declaredTools } = scanRequestDetails(Buffer.from(text));
    expect({ thinking, declaredTools }).toEqual(wanted);
  });
});
