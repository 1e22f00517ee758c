import type { ByteSpan, MessagesView } from './messages-view.js';

export interface SplicedBody {
  /** The same Buffer when it was changed in place, else a copy. */
  readonly body: Buffer;
  /** The view of the new body: pass it on when splicing again. */
  readonly view: MessagesView;
}

/**
 * Replaces the model of a scanned body; every other byte stays (feasibility.md §1). A literal that is not longer than
 * the old one is written IN PLACE and padded with spaces, which are insignificant after a JSON value; a longer one
 * costs one copy. `view` must be the view of `body` as it is now; throws RangeError when it cannot be.
 */
export function spliceModel(body: Buffer, view: MessagesView, model: string): SplicedBody {
  const { start, end } = view.modelSpan;
  if (view.bytes !== body.length || start >= end || body[start] !== 0x22 || body[end - 1] !== 0x22)
    throw new RangeError('spliceModel: the view is not of this body');
  const literal = Buffer.from(JSON.stringify(model));
  const modelSpan = { start, end: start + literal.length };
  const grown = literal.length - (end - start);
  if (grown <= 0) {
    literal.copy(body, start);
    body.fill(0x20, modelSpan.end, end);
    return { body, view: { ...view, model, modelSpan } };
  }
  const copy = Buffer.allocUnsafe(body.length + grown);
  body.copy(copy, 0, 0, start);
  literal.copy(copy, start);
  body.copy(copy, modelSpan.end, end);
  const moved = <Span extends ByteSpan>(span: Span): Span =>
    span.start < start ? span : { ...span, start: span.start + grown, end: span.end + grown };
  return {
    body: copy,
    view: {
      ...view,
      model,
      modelSpan,
      messages: view.messages.map(moved),
      ...(view.system === undefined ? {} : { system: moved(view.system) }),
      bytes: copy.length,
    },
  };
}
