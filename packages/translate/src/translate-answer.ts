import { type AnthropicErrorType, type BuiltMessage, createMessageBuilder } from '@ccproxy/wire';
import { AnswerAssembler, type AnswerReport } from './answer/answer-assembler.js';
import type { AnswerContext } from './answer/answer-context.js';
import { holdsEvents, readEvents, readWhole } from './answer/answer-input.js';
import { withinDepth } from './answer/within-depth.js';
import type { WireApi } from './core/wire-api.js';
import { translationOf } from './translation-of.js';

export type TranslatedAnswer =
  | { readonly ok: true; readonly message: BuiltMessage; readonly report: AnswerReport }
  /** The body was an error, or no answer at all, although its status said otherwise. */
  | { readonly ok: false; readonly type: AnthropicErrorType; readonly message: string; readonly report: AnswerReport };

/** Turns a whole answer of status 200 into an Anthropic message. Some servers stream whatever they are asked: their events are read, too. */
export function translateAnswer(api: WireApi, context: AnswerContext, body: Buffer): TranslatedAnswer {
  const builder = createMessageBuilder({ id: context.messageId, model: context.model, usage: {} });
  const assembler = new AnswerAssembler(builder.writer, context);
  const translation = translationOf(api);
  const { framing } = translation;
  const reader = translation.readAnswer(assembler, context);
  withinDepth(assembler, () =>
    holdsEvents(body, framing) ? readEvents(body, framing, reader, assembler) : readWhole(body, reader, assembler),
  );
  const report = assembler.report();
  if (report.error !== undefined) return { ok: false, ...report.error, report };
  return { ok: true, message: builder.message(), report };
}
