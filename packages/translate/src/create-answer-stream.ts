import { type AnthropicErrorType, createMessageStreamWriter } from '@ccproxy/wire';
import { AnswerAssembler, type AnswerReport } from './answer/answer-assembler.js';
import type { AnswerContext } from './answer/answer-context.js';
import { createAnswerInput } from './answer/answer-input.js';
import { withinDepth } from './answer/within-depth.js';
import type { WireApi } from './core/wire-api.js';
import { translationOf } from './translation-of.js';

/** One streamed answer on its way to the client. */
export interface AnswerStream {
  /** Takes bytes of the provider's body, cut anywhere; returns the text to send to the client now, perhaps none. */
  push(chunk: Uint8Array): string;
  /** The provider's body ended properly. Returns the rest; an answer that is not whole ends with an `error` event. */
  end(): string;
  /** The connection broke, or a limit ran out: ends the stream with an `error` event. Nothing when it has ended. */
  fail(type: AnthropicErrorType, message: string): string;
  /** Whether the end, good or bad, was written: the provider's connection is not needed any more. */
  readonly ended: boolean;
  /** The provider has said how the answer ends; only counts and the end of the body may still come. `end` is then a good end. */
  readonly complete: boolean;
  /** Usage and outcome so far. */
  report(): AnswerReport;
}

/** Turns the streamed answer of a provider into an Anthropic event stream. No timers, no I/O; memory is bounded. */
export function createAnswerStream(api: WireApi, context: AnswerContext): AnswerStream {
  const translation = translationOf(api);
  const writer = createMessageStreamWriter({
    id: context.messageId,
    model: context.model,
    usage: { inputTokens: Math.max(1, context.inputEstimate) },
  });
  const assembler = new AnswerAssembler(writer, context);
  const input = createAnswerInput(translation.framing, translation.readAnswer(assembler, context), assembler);
  return {
    push(chunk) {
      withinDepth(assembler, () => input.push(chunk));
      return assembler.take();
    },
    end() {
      withinDepth(assembler, () => input.end());
      return assembler.take();
    },
    fail(type, message) {
      // A connection that breaks behind a whole answer breaks nothing.
      if (assembler.stopped) withinDepth(assembler, () => input.end());
      assembler.fail(type, message);
      return assembler.take();
    },
    get ended() {
      return assembler.ended;
    },
    get complete() {
      return assembler.stopped || assembler.ended;
    },
    report: () => assembler.report(),
  };
}
