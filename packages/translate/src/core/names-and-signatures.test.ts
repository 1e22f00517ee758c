import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeForeignSignature, encodeForeignSignature, isForeignSignature, mayHoldForeignSignature } from './foreign-signature.js';
import { toolIdForClient, toolIdForProvider } from './tool-ids.js';
import { createToolNames, openaiToolNames } from './tool-names.js';

describe('foreign signatures', () => {
  it('[C23] TR-18 TR-19 TR-84 carry any payload, are told from those of Anthropic, and found in bytes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9-]{1,20}$/),
        fc.string({ unit: 'grapheme' }),
        fc.base64String({ minLength: 4 }),
        (family, payload, anthropic) => {
          const signature = encodeForeignSignature({ family, payload });
          expect(decodeForeignSignature(signature)).toEqual({ family, payload });
          expect([isForeignSignature(signature), isForeignSignature(anthropic)]).toEqual([true, false]);
          expect(decodeForeignSignature(anthropic)).toBeUndefined();
          const body = (one: string): Buffer =>
            Buffer.from(JSON.stringify({ messages: [{ content: [{ type: 'thinking', thinking: '', signature: one }] }] }));
          expect([mayHoldForeignSignature(body(signature)), mayHoldForeignSignature(body(anthropic))]).toEqual([true, false]);
        },
      ),
    );
  });

  it('[C23] TR-18 a block without a signature is foreign too, however it is written', () => {
    expect(isForeignSignature('')).toBe(true);
    expect(mayHoldForeignSignature(Buffer.from('{"signature" :\n ""}'))).toBe(true);
    expect(mayHoldForeignSignature(Buffer.from('{"signature":"x","signature":"y"}'))).toBe(false);
    expect(() => encodeForeignSignature({ family: 'Not A Family', payload: '' })).toThrow(TypeError);
  });
});

describe('ids and names', () => {
  it('[C13] TR-38 any id of a provider is legal for the client, and comes back the same while it is short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (id) => {
        const own = toolIdForClient(id);
        expect(own).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
        expect(toolIdForClient(id)).toBe(own);
        expect(toolIdForProvider(own, 200)).toBe(id);
        expect(toolIdForProvider(own).length).toBeLessThanOrEqual(64);
      }),
    );
    expect(toolIdForClient('é'.repeat(500))).toMatch(/^ccpid-[0-9a-f]{40}$/);
  });

  it('[C13] TR-23 TR-24 any names are legal, distinct and come back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 90 }), { maxLength: 8 }), (names) => {
        const table = createToolNames({ ...openaiToolNames, first: /^[A-Za-z_]/ });
        const sent = names.map((name) => table.toUpstream(name));
        for (const name of sent) expect(name).toMatch(/^[A-Za-z_][a-zA-Z0-9_-]{0,63}$/);
        expect(new Set(sent).size).toBe(names.length);
        expect(sent.map((name) => table.toClient(name))).toEqual(names);
        expect(names.map((name) => table.toUpstream(name))).toEqual(sent);
      }),
    );
    expect(createToolNames(openaiToolNames).toClient('invented')).toBe('invented');
  });
});
