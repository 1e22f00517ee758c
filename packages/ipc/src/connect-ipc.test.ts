import { createServer } from 'node:net';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { bindMethod, bindStream, defineMethod, defineStream } from './ipc-method.js';
import { createNetTransport } from './net-transport.js';
import { createNodeIpcTransport } from './node-ipc-transport.js';
import { createIpcFixture, type IpcFixture } from './testing/ipc-fixture.js';
import { createMemoryTransport } from './testing/memory-transport.js';

const any = defineMethod({ name: 'test.any', permission: 'read', input: z.unknown(), output: z.unknown() });
const events = defineStream({ name: 'test.events', permission: 'read', input: z.unknown(), event: z.unknown() });

let fixture: IpcFixture;
let impostor: { close(done: () => void): unknown } | undefined;
beforeEach(() => {
  fixture = createIpcFixture();
});
afterEach(async () => {
  await fixture.cleanUp();
  await new Promise<void>((resolve) => (impostor === undefined ? resolve() : impostor.close(() => resolve())));
  impostor = undefined;
});

/** Something that listens on the path and is no daemon. */
const listenWith = async (answer: string | undefined) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (answer === undefined) socket.resume();
    else socket.on('data', () => socket.end(answer));
  });
  impostor = server;
  await new Promise<void>((resolve) => server.listen(fixture.path, resolve));
};

describe('connectIpc', () => {
  it.each([
    ['node:net', createNetTransport()],
    ['node-ipc', createNodeIpcTransport()],
  ])('[F2] reaches the daemon over %s', async (_name, transport) => {
    await fixture.serve([bindMethod(any, (input) => Promise.resolve(input))]);
    const connection = await fixture.connect({ transport });
    await expect(connection.call(any, { deep: ['é', null, 1.5] })).resolves.toEqual({ deep: ['é', null, 1.5] });
  });

  it('works the same inside one process', async () => {
    const transport = createMemoryTransport();
    const path = '\\\\.\\pipe\\in-memory';
    await fixture.serve([bindMethod(any, (input) => Promise.resolve(input))], { transport, path });
    const connection = await fixture.connect({ transport, path });
    await expect(connection.call(any, 'x')).resolves.toBe('x');
  });

  it('says what is missing when nothing is there', async () => {
    await expect(fixture.connect()).rejects.toMatchObject({
      code: 'CCP_IPC_UNREACHABLE',
      exitCode: 3,
      retryable: true,
      details: { errno: 'ENOENT' },
    });
  });

  it.each([
    ['bytes that are no frame', 'HTTP/1.1 400 Bad Request\r\n\r\n\f', 'CCP_IPC_BAD_FRAME'],
    ['a frame of another protocol', '{"type":"hi","data":{}}\f', 'CCP_IPC_BAD_FRAME'],
    ['a refusal without a code', '{"type":"refused","data":{"error":"no"}}\f', 'CCP_IPC_BAD_FRAME'],
    ['nothing but the end', '', 'CCP_IPC_CLOSED'],
  ])('takes %s for no daemon', async (_name, answer, code) => {
    await listenWith(answer);
    await expect(fixture.connect()).rejects.toMatchObject({ code });
  });

  it('waits no longer than it was told for the hello', async () => {
    await listenWith(undefined);
    await expect(fixture.connect({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'CCP_IPC_TIMEOUT' });
  });
});

describe('an IpcConnection', () => {
  it('beats every minute, so that a lease is never idle', async () => {
    const [serverClock, clientClock] = [new FakeClock(), new FakeClock()];
    const server = await fixture.serve([], { clock: serverClock });
    const connection = await fixture.connect({ clock: clientClock });
    for (let minute = 0; minute < 25; minute += 1) {
      clientClock.advance(60_000);
      // The beat is answered before the clock of the daemon moves on.
      await expect(connection.call({ name: 'none' }, {})).rejects.toMatchObject({ code: 'CCP_IPC_METHOD_UNKNOWN' });
      serverClock.advance(60_000);
    }
    expect(server.connections()).toHaveLength(1);
    expect(connection.closed).toBe(false);
  });

  it('[A4] lives on without a word for longer than every limit when it holds a lease, and no other does', async () => {
    const clock = new FakeClock();
    const lease = bindMethod(any, (_input, peer) => {
      peer.keep();
      return Promise.resolve('kept');
    });
    const server = await fixture.serve([lease], { clock });
    // Their clocks stand still: a stopped process, or a machine that sleeps, does not beat.
    const holder = await fixture.connect({ clock: new FakeClock() });
    const other = await fixture.connect({ clock: new FakeClock() });
    const ended = new Promise((resolve) => other.onClose(resolve));
    await expect(holder.call(any, '')).resolves.toBe('kept');
    for (let day = 0; day < 30; day += 1) clock.advance(24 * 3_600_000);
    await ended;
    await expect.poll(() => server.connections()).toHaveLength(1);
    await expect(holder.call(any, '')).resolves.toBe('kept');
  });

  it('gives up on a call after its own time, and drops the late answer', async () => {
    const clock = new FakeClock();
    const gate = Promise.withResolvers<unknown>();
    await fixture.serve([bindMethod(any, (input) => (input === 'slow' ? gate.promise : Promise.resolve(input)))]);
    const connection = await fixture.connect({ clock });
    const slow = connection.call(any, 'slow', { timeoutMs: 1000 });
    clock.advance(1000);
    await expect(slow).rejects.toMatchObject({ code: 'CCP_IPC_TIMEOUT', details: { ms: 1000 } });
    gate.resolve('late');
    await expect(connection.call(any, 'fast')).resolves.toBe('fast');
  });

  it('ends every open exchange when the daemon goes, and tells once', async () => {
    const server = await fixture.serve([bindMethod(any, () => new Promise(() => {})), bindStream(events, () => new Promise(() => {}))]);
    const connection = await fixture.connect();
    const ends: unknown[] = [];
    connection.onClose((error) => ends.push(error));
    const call = connection.call(any, {});
    const stream = connection.open(events, {}, () => {});
    const results = Promise.allSettled([call, stream.ended]);
    await server.close();
    expect((await results).map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : ''))).toEqual([
      'CCP_IPC_CLOSED',
      'CCP_IPC_CLOSED',
    ]);
    connection.onClose((error) => ends.push(error));
    expect(ends).toEqual([undefined, undefined]);
    await expect(connection.call(any, {})).rejects.toMatchObject({ code: 'CCP_IPC_CLOSED' });
    await expect(connection.open(events, {}, () => {}).ended).rejects.toMatchObject({ code: 'CCP_IPC_CLOSED' });
    await connection.close();
  });

  it('says why when the daemon refuses in the middle', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('{"type":"welcome","data":{"protocol":1,"version":"1","pid":1,"connectionId":"c1"}}\f');
        socket.once('data', () =>
          socket.end('{"type":"refused","data":{"error":{"code":"CCP_IPC_BAD_FRAME","message":"no such frame"}}}\f'),
        );
      });
    });
    impostor = server;
    await new Promise<void>((resolve) => server.listen(fixture.path, resolve));
    const connection = await fixture.connect();
    const reasons: unknown[] = [];
    connection.onClose((error) => reasons.push(error?.message));
    await expect(connection.call(any, {})).rejects.toMatchObject({ code: 'CCP_IPC_BAD_FRAME', message: 'no such frame' });
    await vi.waitFor(() => expect(reasons).toEqual(['no such frame']));
  });

  it.each([
    ['bytes that are no frame', 'garbage\f'],
    ['an error without a code', '{"type":"result","data":{"id":1,"ok":false,"error":{}}}\f'],
  ])('fails the call on %s', async (_name, answer) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('{"type":"welcome","data":{"protocol":1,"version":"1","pid":1,"connectionId":"c1"}}\f');
        socket.once('data', () => socket.write(`{"type":"event","data":{"id":99}}\f{"type":"beat","data":null}\f${answer}`));
      });
    });
    impostor = server;
    await new Promise<void>((resolve) => server.listen(fixture.path, resolve));
    const connection = await fixture.connect();
    await expect(connection.call(any, {})).rejects.toMatchObject({ code: 'CCP_IPC_BAD_FRAME' });
    await connection.close();
  });

  it('ends only the stream whose reader throws', async () => {
    const aborted = Promise.withResolvers<void>();
    await fixture.serve([
      bindMethod(any, (input) => Promise.resolve(input)),
      bindStream(events, async (_input, _peer, send, signal) => {
        signal.addEventListener('abort', () => aborted.resolve());
        send({});
        await new Promise(() => {});
      }),
    ]);
    const connection = await fixture.connect();
    const broken = connection.open(events, {}, () => {
      throw new Error('reader');
    });
    await expect(broken.ended).rejects.toThrow('reader');
    await aborted.promise;
    await expect(connection.call(any, 'alive')).resolves.toBe('alive');
  });
});
