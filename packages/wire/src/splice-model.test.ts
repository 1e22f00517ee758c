import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessagesView } from './messages-view.js';
import { scanMessagesRequest } from './scan-messages-request.js';
import { spliceModel } from './splice-model.js';

const numRuns = 10_000 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const viewOf = (body: Buffer): MessagesView => {
  const result = scanMessagesRequest(body);
  if (!result.ok) throw new Error(result.message);
  return result.view;
};
const model = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('m', 'claude-opus-5-5', 'qwen3:8b'),
);
const request = fc
  .tuple(
    model,
    fc.array(fc.record({ role: fc.constant('user'), content: fc.string() }), { maxLength: 3 }),
    fc.jsonValue(),
    fc.boolean(),
    fc.nat(3),
  )
  .map(([name, messages, system, modelFirst, indent]) =>
    JSON.stringify(modelFirst ? { model: name, messages, system } : { messages, system, model: name }, undefined, indent),
  );

describe('spliceModel', () => {
  it('replaces the model and no other byte, in place or in a copy, once and again', { timeout: 12 * numRuns }, () => {
    fc.assert(
      fc.property(request, fc.array(model, { minLength: 1, maxLength: 4 }), (text, models) => {
        let body: Buffer = Buffer.from(text);
        let view = viewOf(body);
        const original = JSON.parse(text) as object;
        for (const name of models) {
          const before = Buffer.from(body);
          const { start, end } = view.modelSpan;
          const next = spliceModel(body, view, name);
          const fits = Buffer.byteLength(JSON.stringify(name)) <= end - start;
          const inPlace = next.body === body;
          const untouched =
            next.body.subarray(0, start).equals(before.subarray(0, start)) &&
            next.body.subarray(end - before.length).equals(before.subarray(end));
          const parsed: unknown = JSON.parse(next.body.toString());
          expect({ inPlace, untouched, parsed, view: { ...next.view, via: '' } }).toEqual({
            inPlace: fits,
            untouched: true,
            parsed: { ...original, model: name },
            view: { ...viewOf(next.body), via: '' },
          });
          ({ body, view } = next);
        }
      }),
      { numRuns },
    );
  });

  it('pads a shorter model with spaces after the closing quote', () => {
    const body = Buffer.from('{"model":"claude-opus","messages":[]}');
    const spliced = spliceModel(body, viewOf(body), 'x');
    expect(spliced.body.toString()).toBe('{"model":"x"          ,"messages":[]}');
    expect(spliced.body).toBe(body);
  });

  it('throws when the view is of another body', () => {
    const body = Buffer.from('{"model":"claude-opus","messages":[]}');
    expect(() => spliceModel(Buffer.from('{}'), viewOf(body), 'x')).toThrow(RangeError);
  });
});
