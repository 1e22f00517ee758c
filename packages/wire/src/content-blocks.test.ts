import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentBlocks } from './content-blocks.js';
import { scanMessagesRequest } from './scan-messages-request.js';

const blocksOf = (content: unknown, indent?: number): unknown[] => {
  const body = Buffer.from(
    JSON.stringify(
      {
        model: 'm',
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content },
        ],
      },
      null,
      indent,
    ),
  );
  const scan = scanMessagesRequest(body);
  const message = scan.ok ? scan.view.messages[1] : undefined;
  if (message === undefined) throw new Error('the body of the test is wrong');
  return contentBlocks(body, message).blocks.map(({ start, end }) => JSON.parse(body.toString('utf8', start, end)) as unknown);
};

describe('contentBlocks', () => {
  it('finds each block of a message, whatever it is and however it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.constantFrom(undefined, 2), (blocks, indent) => {
        expect(blocksOf(blocks, indent)).toEqual(JSON.parse(JSON.stringify(blocks)));
      }),
    );
  });

  it('takes the last of two contents, and none of a text', () => {
    const body = Buffer.from(
      '{"model":"m","messages":[{"content":[1],"role":"assistant","content":[ 2 , 3 ]},{"role":"user","content":"x"}]}',
    );
    const scan = scanMessagesRequest(body);
    const spans = scan.ok ? scan.view.messages.map((message) => contentBlocks(body, message)) : [];
    expect(spans.map(({ blocks }) => blocks.map(({ start, end }) => body.toString('utf8', start, end)))).toEqual([['2', '3'], []]);
    expect(spans.map(({ array }) => array && body.toString('utf8', array.start, array.end))).toEqual(['[ 2 , 3 ]', undefined]);
  });
});
