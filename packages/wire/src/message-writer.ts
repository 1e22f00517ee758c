import type { JsonObject } from './json-object.js';
import type { TokenUsage } from './usage-report.js';

/** What is known of an answer before its first content. */
export interface MessageStart {
  readonly id: string;
  /** The model the client asked for (translation.md row 66). */
  readonly model: string;
  /** An estimate of the input tokens greater than 0, where the exact number is not known yet (row 98). */
  readonly usage: TokenUsage;
}

/** How an answer ends. */
export interface MessageEnd {
  /** `end_turn`, `tool_use`, `max_tokens`, `stop_sequence`, `refusal`, `pause_turn`, … */
  readonly stopReason: string;
  readonly stopSequence?: string;
  /** Final counts; those given replace the ones of the start. */
  readonly usage: TokenUsage;
}

/**
 * Takes the parts of an answer in the order they come and turns them into grammatical output. The state machine alone
 * decides about `message_start`, block numbers, closing and the end, so no caller can produce a stream that breaks the
 * protocol. Each method returns the text to write now, perhaps none. Calls that make no sense throw an Error (misuse).
 */
export interface MessageWriter {
  /** Writes `message_start`; the first part does it too. */
  start(): string;
  /** Adds to the open text block, else opens one. Empty text is dropped. */
  text(text: string): string;
  /** Adds to the open thinking block, else opens one. Empty text is dropped. */
  thinking(text: string): string;
  /** Signs the open thinking block; without one, opens an empty one (an upstream that omits its thinking). */
  signature(signature: string): string;
  /** Opens a block for a tool call of the client (`tool_use`) or of the server. */
  toolUse(tool: { readonly id: string; readonly name: string; readonly type?: 'tool_use' | 'server_tool_use' }): string;
  /** Adds a piece of JSON to the input of the open tool call. All pieces together must be one JSON object, or nothing. */
  toolInput(json: string): string;
  /** A whole block of any other type (`redacted_thinking`, `web_search_tool_result`, …). */
  block(block: JsonObject & { readonly type: string }): string;
  /** Names a source of the open text block. Nothing when no text block is open. */
  citation(citation: JsonObject): string;
  /** Closes the open block, if any: the next part begins a new one. */
  closeBlock(): string;
  /** Ends the answer. Nothing may follow. */
  finish(end: MessageEnd): string;
  /** Ends the answer with an `error` event. Nothing may follow. */
  fail(type: string, message: string): string;
  /** Whether `finish` or `fail` was called. */
  readonly ended: boolean;
}

/** Where the parts go once their order is settled. */
export interface MessageOutput {
  messageStart(): string;
  blockStart(index: number, block: JsonObject & { readonly type: string }): string;
  textDelta(index: number, text: string): string;
  thinkingDelta(index: number, text: string): string;
  signatureDelta(index: number, signature: string): string;
  inputDelta(index: number, json: string): string;
  citationDelta(index: number, citation: JsonObject): string;
  blockStop(index: number): string;
  messageEnd(end: MessageEnd): string;
  error(type: string, message: string): string;
}

/** The state machine behind every Anthropic answer this program writes. */
export function createMessageWriter(output: MessageOutput): MessageWriter {
  let started = false;
  let ended = false;
  let index = -1;
  let open: 'text' | 'thinking' | 'tool' | 'whole' | undefined;

  const start = (): string => {
    if (ended) throw new Error('message writer: the message has ended');
    if (started) return '';
    started = true;
    return output.messageStart();
  };
  const closeBlock = (): string => {
    if (open === undefined) return '';
    open = undefined;
    return output.blockStop(index);
  };
  const openBlock = (kind: typeof open, block: JsonObject & { readonly type: string }): string => {
    const before = start() + closeBlock();
    index += 1;
    open = kind;
    return before + output.blockStart(index, block);
  };
  const ensure = (kind: 'text' | 'thinking'): string => {
    if (open === kind) return '';
    return openBlock(kind, kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' });
  };
  const end = (): string => {
    const before = start() + closeBlock();
    ended = true;
    return before;
  };
  return {
    start,
    text: (text) => (text === '' ? '' : start() + ensure('text') + output.textDelta(index, text)),
    thinking: (text) => (text === '' ? '' : start() + ensure('thinking') + output.thinkingDelta(index, text)),
    signature: (signature) => start() + ensure('thinking') + output.signatureDelta(index, signature),
    toolUse: ({ id, name, type = 'tool_use' }) => openBlock('tool', { type, id, name, input: {} }),
    toolInput(json) {
      if (open !== 'tool') throw new Error('message writer: no tool call is open');
      return json === '' ? '' : output.inputDelta(index, json);
    },
    block: (block) => openBlock('whole', block) + closeBlock(),
    citation: (citation) => (open === 'text' && !ended ? output.citationDelta(index, citation) : ''),
    closeBlock,
    finish: (result) => end() + output.messageEnd(result),
    fail(type, message) {
      if (ended) throw new Error('message writer: the message has ended');
      ended = true;
      open = undefined;
      return output.error(type, message);
    },
    get ended() {
      return ended;
    },
  };
}
