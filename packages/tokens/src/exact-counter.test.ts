import { systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { countBody, countedTexts, piecesOf } from './count-body.js';
import { createExactCounter, type ExactCounter } from './exact-counter.js';

const open: ExactCounter[] = [];
const counter = (options: Partial<Parameters<typeof createExactCounter>[0]> = {}): ExactCounter => {
  const made = createExactCounter({ clock: systemClock, limitMs: 25_000, ...options });
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const body = (fields: object): Uint8Array => Buffer.from(JSON.stringify({ model: 'm', messages: [], ...fields }));

describe('createExactCounter', () => {
  it('[C8] counts in a thread what the model reads, and the text of the messages apart', async () => {
    const small = counter();
    const messages = [
      { role: 'user', content: 'hello world' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'hello world' },
          { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'hello world' }] }] },
    ];
    // cl100k: "hello world" is 2 tokens; joined by a space, twice, 4; `Bash` 2; `{"command":"ls"}` 5.
    expect(await small.count(body({ messages }))).toEqual({ all: 13, messages: 4 });
    expect(await small.count(body({ messages, system: 'hello world' }))).toMatchObject({ all: 15, messages: 4 });
    const tools = [{ name: 'Bash', description: 'hello world', input_schema: {} }];
    expect(await small.count(body({ messages, tools }))).toMatchObject({ all: 18, messages: 4 });
    expect(countBody(body({ messages, tools, system: [{ type: 'text', text: 'hello world' }] }))).toEqual({ all: 20, messages: 4 });
    const image = { role: 'user', content: [{ type: 'image', source: { type: 'base64', data: 'A'.repeat(100_000) } }] };
    expect(await small.count(body({ messages: [image] }))).toEqual({ all: 1600, messages: 0 });
    expect(await small.count(body({ messages: [{ role: 'user', content: '<|endoftext|>' }] }))).toMatchObject({ messages: 7 });
  });

  it('[C8][F1] gives no count for what is not JSON, after its end, and beyond its capacity', async () => {
    const one = counter({ capacity: 1 });
    expect(await one.count(Buffer.from('{'))).toBeUndefined();
    const [first, second] = await Promise.all([one.count(body({ system: 'x' })), one.count(body({ system: 'x' }))]);
    expect([first?.all, second]).toEqual([1, undefined]);
    await one.close();
    expect(await one.count(body({}))).toBeUndefined();
  });

  it('[C8][F1] gives up on a text that would take too long, and counts again afterwards', async () => {
    const clock = new FakeClock();
    const impatient = counter({ clock, limitMs: 100 });
    const endless = Array.from({ length: 200 }, () => ({ role: 'user', content: 'a'.repeat(100_000) }));
    const count = impatient.count(body({ messages: endless }));
    clock.advance(100);
    expect(await count).toBeUndefined();
    expect(await impatient.count(body({ system: 'x' }))).toMatchObject({ all: 1 });
    clock.advance(300_000);
    expect(clock.pending).toBe(0);
    expect(await impatient.count(body({ system: 'x' }))).toMatchObject({ all: 1 });
  });

  it('cuts long texts at white space where there is some', () => {
    expect(piecesOf('short')).toEqual(['short']);
    const words = 'word '.repeat(1000);
    expect(piecesOf(words).join('')).toBe(words);
    expect(piecesOf(words).every((piece) => piece.length <= 2000 && !piece.endsWith('wor'))).toBe(true);
    expect(piecesOf('a'.repeat(5000)).map(({ length }) => length)).toEqual([2000, 2000, 1000]);
  });

  it('finds documents, and no text where there is none', () => {
    const document = { type: 'document', source: { type: 'base64', data: 'AAAA' } };
    expect(countBody(body({ messages: [{ role: 'user', content: [document] }] }))).toEqual({ all: 1, messages: 0 });
    expect(countedTexts(JSON.stringify({ messages: [{ content: [document, 7] }, 7], system: 7, tools: 7 }))).toMatchObject({
      all: [],
      documentBytes: 4,
    });
    expect(countedTexts(JSON.stringify({ system: [{ text: 'a' }, 'b'] })).all).toEqual(['a']);
  });
});
