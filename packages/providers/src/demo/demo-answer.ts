import type { DemoRequest } from './demo-request.js';
import type { DemoScenario } from './demo-scenario.js';

/** Parts of a demo message, in order. */
export type DemoBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** One answer of the demo, before it is put on the wire. */
export interface DemoAnswer {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly DemoBlock[];
  readonly stopReason: 'end_turn' | 'tool_use';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Characters per delta of a stream. */
const PIECE = 24;

/** The demo's count of tokens: four bytes each, never zero. */
export const demoTokens = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4));

/** Builds the message; `ids` gives unique suffixes. */
export function demoAnswer(request: DemoRequest, scenario: DemoScenario, bytesIn: number, ids: () => string): DemoAnswer {
  const blocks: DemoBlock[] = [];
  if (scenario.thinking !== undefined) blocks.push({ type: 'thinking', thinking: scenario.thinking, signature: 'ZGVtbw==' });
  blocks.push({ type: 'text', text: scenario.text });
  if (scenario.tool !== undefined) blocks.push({ type: 'tool_use', id: `toolu_demo${ids()}`, ...scenario.tool });
  return {
    id: `msg_demo${ids()}`,
    model: request.model,
    blocks,
    stopReason: scenario.tool === undefined ? 'end_turn' : 'tool_use',
    inputTokens: demoTokens(bytesIn),
    outputTokens: demoTokens(JSON.stringify(blocks).length),
  };
}

const usage = (inputTokens: number, outputTokens: number) => ({
  input_tokens: inputTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: outputTokens,
});

const message = (answer: DemoAnswer) => ({ id: answer.id, type: 'message', role: 'assistant', model: answer.model });

/** The answer as one JSON document (`stream: false`). */
export const demoDocument = (answer: DemoAnswer): string =>
  JSON.stringify({
    ...message(answer),
    content: answer.blocks,
    stop_reason: answer.stopReason,
    stop_sequence: null,
    usage: usage(answer.inputTokens, answer.outputTokens),
  });

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const pieces = (text: string): string[] => {
  const points = [...text];
  const out: string[] = [];
  for (let from = 0; from < points.length; from += PIECE) out.push(points.slice(from, from + PIECE).join(''));
  return out;
};

const start = (block: DemoBlock): object => {
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  if (block.type === 'text') return { type: 'text', text: '' };
  return { ...block, input: {} };
};

const deltas = (block: DemoBlock): object[] => {
  if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'tool_use') {
    return pieces(JSON.stringify(block.input)).map((json) => ({ type: 'input_json_delta', partial_json: json }));
  }
  const thoughts = pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }));
  return [...thoughts, { type: 'signature_delta', signature: block.signature }];
};

/** The answer as events of a stream, each a whole frame. */
export function* demoEvents(answer: DemoAnswer): Generator<string, void> {
  const head = { ...message(answer), content: [], stop_reason: null, stop_sequence: null, usage: usage(answer.inputTokens, 1) };
  yield event('message_start', { message: head });
  for (const [index, block] of answer.blocks.entries()) {
    yield event('content_block_start', { index, content_block: start(block) });
    for (const delta of deltas(block)) yield event('content_block_delta', { index, delta });
    yield event('content_block_stop', { index });
  }
  yield event('message_delta', {
    delta: { stop_reason: answer.stopReason, stop_sequence: null },
    usage: usage(answer.inputTokens, answer.outputTokens),
  });
  yield event('message_stop', {});
}
