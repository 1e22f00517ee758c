import { createMessageBuilder, createMessageStreamWriter, type MessageStart, type MessageWriter } from '@ccproxy/wire';
import type { DemoRequest } from './demo-request.js';
import type { DemoScenario } from './demo-scenario.js';

/** One answer of the demo, before it is put on the wire. */
export interface DemoAnswer {
  readonly start: MessageStart;
  readonly scenario: DemoScenario;
  readonly toolId: string;
  readonly outputTokens: number;
}

/** Characters per delta of a stream. */
const PIECE = 24;

/** The demo's count of tokens: four bytes each, never zero. */
export const demoTokens = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4));

/** Builds the answer; `newId` gives unique suffixes. */
export function demoAnswer(request: DemoRequest, scenario: DemoScenario, bytesIn: number, newId: () => string): DemoAnswer {
  const { text, thinking = '', tool } = scenario;
  return {
    start: { id: `msg_demo${newId()}`, model: request.model, usage: { inputTokens: demoTokens(bytesIn), outputTokens: 1 } },
    scenario,
    toolId: `toolu_demo${newId()}`,
    outputTokens: demoTokens(Buffer.byteLength(text + thinking + JSON.stringify(tool ?? ''))),
  };
}

/** Cuts between code points, so that no delta holds half a character. */
const pieces = (text: string): string[] => {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / PIECE) }, (_, index) => points.slice(index * PIECE, (index + 1) * PIECE).join(''));
};

/** Plays the answer into a writer; each step is what a stream would carry as one write. */
function* play({ scenario, toolId, outputTokens }: DemoAnswer, writer: MessageWriter): Generator<string, void> {
  yield writer.start();
  for (const piece of pieces(scenario.thinking ?? '')) yield writer.thinking(piece);
  if (scenario.thinking !== undefined) yield writer.signature('ZGVtbw==');
  for (const piece of pieces(scenario.text)) yield writer.text(piece);
  if (scenario.tool !== undefined) {
    yield writer.toolUse({ id: toolId, name: scenario.tool.name });
    for (const piece of pieces(JSON.stringify(scenario.tool.input))) yield writer.toolInput(piece);
  }
  yield writer.finish({ stopReason: scenario.tool === undefined ? 'end_turn' : 'tool_use', usage: { outputTokens } });
}

/** The answer as pieces of a stream. */
export const demoStream = (answer: DemoAnswer): Generator<string, void> => play(answer, createMessageStreamWriter(answer.start));

/** The answer as one JSON document (`stream: false`). */
export function demoDocument(answer: DemoAnswer): string {
  const builder = createMessageBuilder(answer.start);
  Array.from(play(answer, builder.writer));
  return JSON.stringify(builder.message());
}
