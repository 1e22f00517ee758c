import { setTimeout as sleep } from 'node:timers/promises';
import { errorEvent, messageFrames, sendError, streamHead } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import { messageBody } from './testing/gateway-harness.js';
import { listen, stepped } from './testing/stepped.js';
import { TestBed } from './testing/test-bed.js';

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const bed = new TestBed();
afterEach(() => bed.close());
const settleIo = () => sleep(60);

describe('commit point', () => {
  it('[C9] holds status and message_start until the first content', async () => {
    const { gate, arrived } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    const [start = '', block = '', ...rest] = messageFrames();
    streamHead(exchange);
    exchange.response.write(start);
    await settleIo();
    expect(seen).toMatchObject({ status: 0, text: '' });
    exchange.response.write(block);
    await expect.poll(() => seen.text).toBe(start + block);
    exchange.response.end(rest.join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(messageFrames().join(''));
  });

  it('[C9] message_start goes out after 2 s without content', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    const [start = '', ...rest] = messageFrames();
    streamHead(exchange);
    exchange.response.write(start);
    await settleIo();
    clock.advance(1999);
    await settleIo();
    expect(seen.text).toBe('');
    clock.advance(1);
    await expect.poll(() => seen.text).toBe(start);
    exchange.response.end(rest.join(''));
    await expect.poll(() => seen.ended).toBe(true);
  });

  it('[C9] no fallback once the start has been sent', async () => {
    const spare = await bed.upstream();
    const { gate, arrived, clock } = await stepped(bed, {}, [spare]);
    const { seen } = listen(gate);
    const exchange = await arrived;
    streamHead(exchange);
    exchange.response.write(messageFrames()[0] ?? '');
    await settleIo();
    clock.advance(2000);
    await expect.poll(() => seen.status).toBe(200);
    exchange.response.end(errorEvent());
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toContain(errorEvent());
    expect(spare.seen).toHaveLength(0);
  });
});

describe('silence', () => {
  it('[F1] row 54: TR-120 after headHold the head and pings go out, and the answer follows', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(59_999);
    await settleIo();
    expect(seen.status).toBe(0);
    clock.advance(1);
    await expect.poll(() => seen.text).toBe(PING);
    expect(seen).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-ccproxy-target': 'default' },
    });
    clock.advance(30_000);
    await expect.poll(() => seen.text).toBe(PING + PING + PING);
    streamHead(exchange);
    exchange.response.end(messageFrames().join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(PING + PING + PING + messageFrames().join(''));
    expect(checkStream(seen.text)).toEqual([]);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'ok' }]);
  });

  it('[F1] row 54: a failure after the held head is an error event, and fallback is still allowed', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(60_000);
    await expect.poll(() => seen.text).toBe(PING);
    sendError(exchange, 529, 'overloaded_error', 'Overloaded');
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toContain('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}');

    const spare = await bed.upstream();
    const second = await stepped(bed, {}, [spare]);
    const other = listen(second.gate);
    const held = await second.arrived;
    second.clock.advance(60_000);
    await expect.poll(() => other.seen.text).toBe(PING);
    held.socket.resetAndDestroy();
    await expect.poll(() => other.seen.ended).toBe(true);
    expect(other.seen.text).toBe(PING + messageFrames().join(''));
  });

  it('a document in place of the stream after the held head is an error event', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(60_000);
    await expect.poll(() => seen.text).toBe(PING);
    exchange.response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"message"}');
    await expect.poll(() => seen.ended).toBe(true);
    expect(checkStream(seen.text)).toEqual([]);
    expect(seen.text).toContain('event: error');
  });

  it('[F1] row 54: TR-120 pings fill silence in mid-stream, never inside an event', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    const frames = messageFrames();
    const delta = frames[3] ?? '';
    streamHead(exchange);
    exchange.response.write(frames.slice(0, 3).join('') + delta.slice(0, 30));
    await expect.poll(() => seen.text).toBe(frames.slice(0, 3).join(''));
    clock.advance(15_000);
    await expect.poll(() => seen.text).toBe(frames.slice(0, 3).join('') + PING);
    exchange.response.write(delta.slice(30));
    await expect.poll(() => seen.text.length).toBe((frames.slice(0, 4).join('') + PING).length);
    clock.advance(14_000);
    await settleIo();
    exchange.response.end(frames.slice(4).join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(frames.slice(0, 3).join('') + PING + frames.slice(3).join(''));
    expect(clock.pending).toBe(0);
  });

  it('a document is never pinged', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate, messageBody({ stream: false }));
    const exchange = await arrived;
    clock.advance(200_000);
    await settleIo();
    expect(seen.status).toBe(0);
    exchange.response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"message"}');
    await expect.poll(() => seen.text).toBe('{"type":"message"}');
  });
});
