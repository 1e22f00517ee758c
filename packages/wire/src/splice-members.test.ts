import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spliceMembers } from './splice-members.js';

const splice = (text: string, remove: readonly string[] = ['model', 'stream'], add: object = { v: 1 }) => {
  const spliced = spliceMembers(Buffer.from(text), remove, { ...add });
  return spliced === undefined ? undefined : { text: spliced.body.toString('utf8'), removed: { ...spliced.removed } };
};

describe('spliceMembers', () => {
  it.each([
    ['{"model":"m","a":1}', '{"v":1,"a":1}', { model: 'm' }],
    [' { "a" : [ 1 , {"model":2} ] , "stream" : true } \n', '{"v":1, "a" : [ 1 , {"model":2} ]}', { stream: true }],
    ['{"model":"m"}', '{"v":1}', { model: 'm' }],
    ['{}', '{"v":1}', {}],
    ['{"mod\\u0065l":"m","b":"wörld ✓"}', '{"v":1,"b":"wörld ✓"}', { model: 'm' }],
    ['{"model":1,"model":2}', '{"v":1}', { model: 2 }],
  ])('[C12] %s', (text, expected, removed) => {
    expect(splice(text)).toEqual({ text: expected, removed });
  });

  it.each(['', '[]', '"model"', '{"a":1', '{"a":1} x', '{"a" 1}', '{"model":"\u0001"}'])('[F1] %j is no object', (text) => {
    expect(splice(text)).toBeUndefined();
  });

  it('[C12] means the same object, with the members exchanged', () => {
    const key = fc.constantFrom('model', 'stream', 'messages', 'a b', 'ü', '');
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.integer({ min: 0, max: 2 }), (object, indent) => {
        const { model, stream, ...rest } = object;
        const spliced = splice(JSON.stringify(object, null, indent));
        expect(JSON.parse(spliced?.text ?? '')).toEqual(JSON.parse(JSON.stringify({ v: 1, ...rest })));
        const given = JSON.parse(JSON.stringify({ model, stream })) as object;
        expect(JSON.parse(JSON.stringify(spliced?.removed))).toEqual(given);
      }),
    );
  });
});
