import { encodeForeignSignature, encodePageText, foreignSearchId } from '@ccproxy/translate';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripForeignThinking } from './strip-foreign-thinking.js';

const foreign = { type: 'thinking', thinking: 'hm', signature: encodeForeignSignature({ family: 'gemini', payload: 'abc' }) };
const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
const redacted = { type: 'redacted_thinking', data: 'EmwKAhgBEgy' };
const own = { type: 'thinking', thinking: 'my own, about "ccp1.x"', signature: 'EqoBCkgIAx==' };
const text = { type: 'text', text: 'a\u00e9 ccp1. "signature":""' };

const bodyOf = (messages: unknown, indent?: number): Buffer =>
  Buffer.from(JSON.stringify({ model: 'm', messages, stream: true }, null, indent));
const strip = (messages: unknown): unknown => {
  const { body } = stripForeignThinking(bodyOf(messages), true);
  return (JSON.parse(body.toString('utf8')) as { messages: unknown }).messages;
};

describe('stripForeignThinking', () => {
  it('[C23] rows 18, 84: takes out thinking that another family signed, or nobody', () => {
    const user = { role: 'user', content: 'hi' };
    expect(strip([user, { role: 'assistant', content: [foreign, text] }, user])).toEqual([
      user,
      { role: 'assistant', content: [text] },
      user,
    ]);
    expect(strip([user, { content: [unsigned, redacted, own, text], role: 'assistant', x: 1 }])).toEqual([
      user,
      { content: [redacted, own, text], role: 'assistant', x: 1 },
    ]);
  });

  it('[C23] TR-18 a message that was thinking alone goes as a whole, wherever it stands', () => {
    const user = { role: 'user', content: [text] };
    const thought = { role: 'assistant', content: [foreign] };
    expect(strip([thought, user, thought, thought, user, thought])).toEqual([user, user]);
  });

  it('[C23] TR-18 takes a message of any number of blocks, nested as deeply as it likes', () => {
    const blocks = Array.from({ length: 150_000 }, () => text);
    const cited = `{"type":"text","text":"x","citations":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const body = bodyOf([{ role: 'assistant', content: [foreign, ...blocks, 'CITED'] }])
      .toString()
      .replace('"CITED"', cited);
    const { body: left, stripped } = stripForeignThinking(Buffer.from(body), true);
    expect(stripped).toBe(1);
    expect(left.toString()).toBe(body.replace(`${JSON.stringify(foreign)},`, ''));
  });

  it('[C23] TR-84 leaves unsigned thinking to servers that sign nothing', () => {
    const body = bodyOf([{ role: 'assistant', content: [unsigned, text] }]);
    expect(stripForeignThinking(body, false).body).toBe(body);
    const mixed = bodyOf([{ role: 'assistant', content: [unsigned, foreign] }]);
    expect(stripForeignThinking(mixed, false).body.toString('utf8')).toContain('"signature":""');
    expect(stripForeignThinking(mixed, false).stripped).toBe(1);
  });

  it('[C23] TR-19 gives back the very bytes when there is nothing to take out', () => {
    const harmless = [
      bodyOf([{ role: 'assistant', content: [own, text] }], 2),
      bodyOf([{ role: 'user', content: [foreign] }]),
      bodyOf([{ role: 'assistant', content: 'ccp1.gemini.abc' }]),
      Buffer.from('{"messages": broken, "signature":""'),
      Buffer.from('{"model":"m","messages":[],"x":"ccp1."}'),
    ];
    for (const body of harmless) {
      const before = Buffer.from(body);
      const stripped = stripForeignThinking(body, true);
      expect(stripped.body).toBe(body);
      expect(stripped.stripped).toBe(0);
      expect(body.equals(before)).toBe(true);
    }
  });

  it('[C23] rows 18, 19: keeps every byte of the blocks that stay, in any conversation', () => {
    const block = fc.oneof(
      fc.constantFrom<unknown>(foreign, unsigned, redacted, own, text),
      fc.record({ type: fc.constant('tool_use'), input: fc.jsonValue() }),
    );
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant'),
      content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), fc.constantFrom(undefined, 2), (messages, indent) => {
        const body = bodyOf(messages, indent);
        const isForeign = (value: unknown): boolean => [foreign, unsigned].some((each) => JSON.stringify(each) === JSON.stringify(value));
        const expected = messages.flatMap((each) => {
          if (each.role !== 'assistant' || typeof each.content === 'string') return [each];
          const content = each.content.filter((value) => !isForeign(value));
          return content.length === 0 && each.content.length > 0 ? [] : [{ ...each, content }];
        });
        const { body: stripped } = stripForeignThinking(body, true);
        expect(JSON.parse(stripped.toString('utf8'))).toEqual(JSON.parse(JSON.stringify({ model: 'm', messages: expected, stream: true })));
      }),
    );
  });

  it('[C23] takes out searches others ran, and citations of their pages; those of Anthropic stay byte for byte', () => {
    const id = foreignSearchId('msg_1', '0');
    const page = { type: 'web_search_result', url: 'https://u', title: 'T', encrypted_content: encodePageText('gpt', 'text') };
    const cite = (index: string): object => ({
      type: 'web_search_result_location',
      url: 'https://u',
      encrypted_index: index,
      cited_text: '',
    });
    const ours = [
      { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'Q' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_01', content: [{ ...page, encrypted_content: 'EqMB' }] },
      { type: 'text', text: 'own', citations: [cite('Eo8B')] },
    ];
    const theirs = [
      { type: 'server_tool_use', id, name: 'web_search', input: { query: 'Q' } },
      { type: 'web_search_tool_result', tool_use_id: id, content: [page] },
      { type: 'text', text: 'theirs', citations: [cite(encodePageText('gpt', ''))] },
    ];
    const body = bodyOf([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: [...ours, ...theirs] },
    ]);
    const stripped = stripForeignThinking(body, true);
    expect(JSON.parse(stripped.body.toString('utf8'))).toMatchObject({
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: [...ours, { type: 'text', text: 'theirs' }] },
      ],
    });
    expect(stripped.stripped).toBe(3);
    expect(stripped.body.toString('utf8')).not.toMatch(/ccp1\.|srvtoolu_ccp_/);
    expect(stripped.body.includes(JSON.stringify(ours).slice(1, -1))).toBe(true);
  });
});
