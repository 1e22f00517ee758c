import type { IncomingMessage } from 'node:http';
import { behaviours, messageDocument, messageFrames, streamHead } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { messageBody, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

describe('passthrough', () => {
  it('[C12] sends the very bytes of the body and gives the very bytes of the stream', async () => {
    const fake = await bed.upstream();
    const { ask } = await bed.passthrough(fake);
    const body =
      '{ "brand_new": [1, 2,\t3], "model": "claude-x", "messages":[{"role":"system","content":[]}],"stream" : true, "ü": "\\u00fc" }';
    const headers = {
      'anthropic-beta': 'a-2025-01-01,b-new',
      'anthropic-version': '2023-06-01',
      'x-app': 'cli',
      'x-unknown-header': 'kept',
    };
    const answer = await ask({ body, headers });
    expect(fake.last.body.toString()).toBe(body);
    expect(fake.last.path).toBe('/v1/messages?beta=true');
    expect(fake.last.headers).toMatchObject({
      ...headers,
      authorization: 'Bearer sk-ant-client',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(messageFrames().join(''));
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'request-id': 'req_fake',
      'x-ccproxy-route': 'default',
      'x-ccproxy-target': 'default',
      'x-ccproxy-attempts': '1',
    });
    expect(answer.headers['x-ccproxy-request-id']).toMatch(/^req_/);
  });

  it('[C12] gives a document with its status, headers and bytes', async () => {
    const fake = await bed.upstream();
    const { ask } = await bed.passthrough(fake);
    const answer = await ask({ body: messageBody({ stream: false }) });
    expect(answer.text).toBe(messageDocument());
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(messageDocument())));
  });

  it.each(['drip-1', 'drip-3', 'comments', 'unknown-event'] as const)('[F1] row 59: %s arrives byte for byte', async (name) => {
    const expected: Record<typeof name, string> = {
      'drip-1': messageFrames().join(''),
      'drip-3': messageFrames().join(''),
      comments: `: hello\n\n${messageFrames()
        .flatMap((frame) => [frame, ': keep-alive\n\n'])
        .join('')}`,
      'unknown-event': [
        ...messageFrames().slice(0, 4),
        'event: brand_new\ndata: {"type":"brand_new","x":1}\n\n',
        ...messageFrames().slice(4),
      ].join(''),
    };
    const { ask } = await bed.passthrough(await bed.upstream(behaviours[name]));
    expect((await ask()).text).toBe(expected[name]);
  });

  it('[F1] row 59: CRLF line ends and a BOM arrive byte for byte', async () => {
    const crlf = await bed.passthrough(await bed.upstream(behaviours.crlf));
    expect((await crlf.ask()).text).toBe(messageFrames().join('').replaceAll('\n', '\r\n'));
    const bom = await bed.passthrough(await bed.upstream(behaviours.bom));
    expect((await bom.ask()).text).toBe(`\uFEFF${messageFrames().join('')}`);
  });

  it('puts the model of the target in place of the client’s and touches nothing else', async () => {
    const fake = await bed.upstream();
    const { ask } = await bed.passthrough(fake, {
      models: [target('default', 'anthropic', { model: 'much-longer-model-name-than-before' })],
    });
    const body = '{"a":1,"model":"claude-x","messages":[],"stream":true,"z":[ ]}';
    await ask({ body });
    expect(fake.last.body.toString()).toBe(body.replace('claude-x', 'much-longer-model-name-than-before'));
    const shorter = await bed.passthrough(fake, { models: [target('default', 'anthropic', { model: 'm' })] });
    await shorter.ask({ body });
    expect(JSON.parse(fake.last.body.toString())).toEqual({ ...(JSON.parse(body) as object), model: 'm' });
  });
});

describe('backpressure', () => {
  it('[F1] row 51: a client that does not read stops the provider, and gets everything in the end', async () => {
    const piece = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${'x'.repeat(65_000)}"}}\n\n`;
    const total = 600;
    let sent = 0;
    const fake = await bed.upstream((exchange) => {
      streamHead(exchange);
      const [start = '', block = ''] = messageFrames();
      exchange.response.write(start + block);
      const pump = (): void => {
        if (sent === total) return void exchange.response.end(messageFrames().slice(-3).join(''));
        sent += 1;
        exchange.response.write(piece, pump);
      };
      pump();
    });
    const { open: send } = await bed.passthrough(fake);
    const request = send();
    const message = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    let last = -1;
    await expect
      .poll(
        () => {
          const still = sent === last;
          last = sent;
          return still && sent > 0;
        },
        { interval: 200, timeout: 20_000 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(total);
    let bytes = 0;
    for await (const chunk of message) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(
      Buffer.byteLength(messageFrames().slice(0, 2).join('')) + total * piece.length + messageFrames().slice(-3).join('').length,
    );
  });
});
