import { execFile } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { IPC_PROTOCOL } from './envelope.js';
import { errors } from './errors.js';
import { bindMethod, bindStream, defineMethod, defineStream, type IpcPeer } from './ipc-method.js';
import { createNetTransport } from './net-transport.js';
import { createIpcFixture, type IpcFixture } from './testing/ipc-fixture.js';
import { dialRaw } from './testing/raw-client.js';

const echo = defineMethod({
  name: 'test.echo',
  permission: 'read',
  input: z.strictObject({ text: z.string() }),
  output: z.object({ text: z.string() }),
});
const loose = defineMethod({ name: 'test.loose', permission: 'read', input: z.unknown(), output: z.unknown() });
const ticks = defineStream({
  name: 'test.ticks',
  permission: 'read',
  input: z.strictObject({ count: z.number() }),
  event: z.object({ n: z.number(), pad: z.string().optional() }),
});
const echoBinding = bindMethod(echo, (input) => Promise.resolve(input));

let fixture: IpcFixture;
beforeEach(() => {
  fixture = createIpcFixture();
});
afterEach(() => fixture.cleanUp());

describe('the socket', () => {
  it('[F2] lies with mode 0600 in a directory of mode 0700, however open that was', async () => {
    chmodSync(fixture.dir, 0o755);
    await fixture.serve();
    expect(statSync(fixture.path).mode & 0o777).toBe(0o600);
    expect(statSync(fixture.dir).mode & 0o777).toBe(0o700);
  });

  it('[F1] [F2] is refused where a file, a directory or a link lies, which stays as it is', async () => {
    writeFileSync(fixture.path, 'precious');
    await expect(fixture.serve()).rejects.toMatchObject({ code: 'CCP_SOCKET_PATH', where: { file: fixture.path } });
    expect(statSync(fixture.path).size).toBe(8);
    const directory = join(fixture.dir, 'directory');
    mkdirSync(directory);
    await expect(fixture.serve([], { path: directory })).rejects.toMatchObject({ code: 'CCP_SOCKET_PATH' });
    const link = join(fixture.dir, 'link');
    symlinkSync(fixture.path, link);
    await expect(fixture.serve([], { path: link })).rejects.toMatchObject({ code: 'CCP_SOCKET_PATH' });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('[F1] is refused in a directory that is a link', async () => {
    symlinkSync(fixture.dir, join(fixture.dir, 'other'));
    await expect(fixture.serve([], { path: join(fixture.dir, 'other', 'ipc.sock') })).rejects.toMatchObject({ code: 'CCP_DIR_UNSAFE' });
  });

  it('[F1] is refused under a name the system would cut', async () => {
    const path = join(fixture.dir, 'x'.repeat(100));
    await expect(fixture.serve([], { path })).rejects.toMatchObject({
      code: 'CCP_SOCKET_PATH',
      message: expect.stringContaining('too long'),
    });
  });

  it('[F1] [F2] of a live daemon is never taken', async () => {
    await fixture.serve([echoBinding]);
    const connection = await fixture.connect();
    await expect(fixture.serve()).rejects.toMatchObject({ code: 'CCP_SOCKET_IN_USE' });
    await expect(connection.call(echo, { text: 'still here' })).resolves.toEqual({ text: 'still here' });
  });

  it('[F1] is out of reach for another user', async () => {
    await fixture.serve();
    const script = `require('net').connect(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => { console.log('CONNECTED'); process.exit(); })`;
    // Only the superuser can try it as somebody else; anybody else at least sees that the owner gets in.
    const isRoot = process.getuid?.() === 0;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, fixture.path], {
      cwd: '/',
      ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    });
    expect(stdout.trim()).toBe(isRoot ? 'EACCES' : 'CONNECTED');
  });

  it('[F2] of a dead daemon is replaced', async () => {
    // What a killed daemon leaves: a socket file nobody listens on. Closing after a rename keeps the file.
    const dead = createServer();
    const bound = join(fixture.dir, 'bound');
    await new Promise<void>((resolve) => dead.listen(bound, resolve));
    renameSync(bound, fixture.path);
    await new Promise((resolve) => dead.close(resolve));
    expect(lstatSync(fixture.path).isSocket()).toBe(true);
    await expect(fixture.connect()).rejects.toMatchObject({ code: 'CCP_IPC_UNREACHABLE', exitCode: 3, details: { errno: 'ECONNREFUSED' } });
    await fixture.serve([echoBinding]);
    await expect((await fixture.connect()).call(echo, { text: 'new' })).resolves.toEqual({ text: 'new' });
  });

  it('goes to a successor without a moment in which nobody answers, and the predecessor does not remove it', async () => {
    const old = await fixture.serve([echoBinding], { version: '1.0.0' });
    const before = await fixture.connect();
    const successor = await fixture.serve([echoBinding], { version: '2.0.0', takeOver: true });
    const after = await fixture.connect();
    expect([before.server.version, after.server.version]).toEqual(['1.0.0', '2.0.0']);
    await expect(before.call(echo, { text: 'old' })).resolves.toEqual({ text: 'old' });
    await old.close();
    expect(before.closed).toBe(true);
    await expect((await fixture.connect()).call(echo, { text: 'new' })).resolves.toEqual({ text: 'new' });
    await successor.close();
    expect(existsSync(fixture.path)).toBe(false);
  });

  it('is gone after close, with every connection', async () => {
    const server = await fixture.serve();
    const connection = await fixture.connect();
    await server.close();
    expect(existsSync(fixture.path)).toBe(false);
    await vi.waitFor(() => expect(connection.closed).toBe(true));
    await expect(fixture.connect()).rejects.toMatchObject({ code: 'CCP_IPC_UNREACHABLE', details: { errno: 'ENOENT' } });
  });

  it('reports what the system says when it cannot listen', async () => {
    const failing = { ...createNetTransport(), listen: () => Promise.reject(Object.assign(new Error('no'), { code: 'EMFILE' })) };
    await expect(fixture.serve([], { transport: failing })).rejects.toMatchObject({
      code: 'CCP_SOCKET_PATH',
      message: expect.stringContaining('EMFILE'),
    });
    const taken = { ...createNetTransport(), listen: () => Promise.reject(Object.assign(new Error('no'), { code: 'EADDRINUSE' })) };
    await expect(fixture.serve([], { transport: taken })).rejects.toMatchObject({ code: 'CCP_SOCKET_IN_USE' });
  });
});

describe('the handshake', () => {
  it('[F2] tells both sides who the other is', async () => {
    const server = await fixture.serve([], { pid: 77 });
    const connection = await fixture.connect({ client: 'cli', pid: 42, version: '9.9.9' });
    expect(connection.server).toEqual({ protocol: IPC_PROTOCOL, version: '1.2.3', pid: 77, connectionId: 'c1' });
    expect(server.connections()).toEqual([{ connectionId: 'c1', client: 'cli', pid: 42, version: '9.9.9', since: expect.any(Number) }]);
  });

  it('[F2] refuses a wrong token', async () => {
    await fixture.serve();
    await expect(fixture.connect({ token: 'wrong' })).rejects.toMatchObject({ code: 'CCP_IPC_UNAUTHORIZED', httpStatus: 401 });
    await expect(fixture.connect({ token: '' })).rejects.toMatchObject({ code: 'CCP_IPC_UNAUTHORIZED' });
  });

  it('[F2] looks at no more than five wrong tokens a second, and at right ones again afterwards', async () => {
    const clock = new FakeClock();
    await fixture.serve([], { clock });
    for (let n = 0; n < 5; n += 1)
      await expect(fixture.connect({ token: `wrong-${n}` })).rejects.toMatchObject({ code: 'CCP_IPC_UNAUTHORIZED' });
    await expect(fixture.connect({ token: 'wrong' })).rejects.toMatchObject({ code: 'CCP_IPC_THROTTLED', retryable: true });
    await expect(fixture.connect()).rejects.toMatchObject({ code: 'CCP_IPC_THROTTLED' });
    clock.advance(1001);
    await expect(fixture.connect()).resolves.toMatchObject({ closed: false });
  });

  it('[F2] refuses another protocol with both versions, whatever else the hello says', async () => {
    await fixture.serve();
    const client = await dialRaw(fixture.path);
    client.send('hello', { protocol: 2, credentials: { of: 'a newer kind' } });
    await client.until((seen) => seen.closed);
    expect(client.frames).toMatchObject([
      {
        type: 'refused',
        data: { error: { code: 'CCP_IPC_PROTOCOL', hint: expect.stringContaining('ccproxy stop'), details: { client: 2, daemon: 1 } } },
      },
    ]);
  });

  it('[F2] closes who says nothing for two seconds', async () => {
    const clock = new FakeClock();
    await fixture.serve([], { clock });
    const client = await dialRaw(fixture.path);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    clock.advance(1999);
    expect(client.closed).toBe(false);
    clock.advance(2);
    await client.until((seen) => seen.closed);
    expect(client.frames).toMatchObject([{ type: 'refused', data: { error: { code: 'CCP_IPC_UNAUTHORIZED' } } }]);
  });

  it('[F2] accepts nothing before the hello', async () => {
    await fixture.serve([echoBinding]);
    const client = await dialRaw(fixture.path);
    client.send('call', { id: 1, method: 'test.echo', params: { text: 'x' } });
    client.send('hello', { protocol: 1, token: fixture.token, client: 'late', pid: 1, version: '1' });
    await client.until((seen) => seen.closed);
    expect(client.frames).toMatchObject([{ type: 'refused', data: { error: { code: 'CCP_IPC_UNAUTHORIZED' } } }]);
  });

  it('serves nobody without a token of its own', async () => {
    await expect(fixture.serve([], { token: '' })).rejects.toThrow(TypeError);
  });
});

/** A client past its hello. */
async function welcomed() {
  const client = await dialRaw(fixture.path);
  client.send('hello', { protocol: 1, token: fixture.token, client: 'raw', pid: 1, version: '1' });
  await client.until((seen) => seen.frames.length === 1);
  return client;
}

describe('after the hello', () => {
  it.each([
    ['an unknown type', 'shutdown', {}],
    ['a second hello', 'hello', { protocol: 1, token: 'x', client: 'x', pid: 1, version: '1' }],
    ['a call without id', 'call', { method: 'test.echo' }],
    ['a call with more than it may have', 'call', { id: 1, method: 'test.echo', sudo: true }],
    ['an id that is no number', 'cancel', { id: '__proto__' }],
    ['a frame of the server', 'welcome', {}],
  ])('[F2] answers %s with a coded error and closes', async (_name, type, data) => {
    await fixture.serve([echoBinding]);
    const client = await welcomed();
    client.send(type, data);
    await client.until((seen) => seen.closed);
    expect(client.frames.slice(1)).toMatchObject([{ type: 'refused', data: { error: { code: expect.stringMatching(/^CCP_IPC_/) } } }]);
  });

  it('[F2] answers a beat, and closes who sends nothing for ten minutes', async () => {
    const clock = new FakeClock();
    const server = await fixture.serve([], { clock });
    const silent = await welcomed();
    const beating = await welcomed();
    for (let minute = 0; minute < 11; minute += 1) {
      beating.send('beat', {});
      await beating.until((seen) => seen.frames.length === minute + 2);
      clock.advance(60_000);
    }
    await silent.until((seen) => seen.closed);
    expect(beating.closed).toBe(false);
    await vi.waitFor(() => expect(server.connections()).toHaveLength(1));
  });

  it('bounds calls and streams of one connection, and knows its ids', async () => {
    const never = bindMethod(loose, () => new Promise(() => {}));
    const open = bindStream(ticks, () => new Promise(() => {}));
    await fixture.serve([never, open], { limits: { calls: 2, streams: 1 } });
    const client = await welcomed();
    for (const id of [1, 2, 3]) client.send('call', { id, method: 'test.loose' });
    client.send('call', { id: 1, method: 'test.loose' });
    client.send('open', { id: 4, stream: 'test.ticks', params: { count: 1 } });
    client.send('open', { id: 5, stream: 'test.ticks', params: { count: 1 } });
    await client.until((seen) => seen.frames.length === 4);
    expect(client.frames.slice(1)).toMatchObject([
      { type: 'result', data: { id: 3, error: { code: 'CCP_IPC_BUSY' } } },
      { type: 'result', data: { id: 1, error: { code: 'CCP_IPC_BAD_FRAME' } } },
      { type: 'end', data: { id: 5, error: { code: 'CCP_IPC_BUSY' } } },
    ]);
    expect(client.closed).toBe(false);
  });
});

describe('a method', () => {
  it('[F2] sees only input that fits, and nothing pollutes a prototype', async () => {
    const seen: unknown[] = [];
    const pairs = defineMethod({ name: 'test.pairs', permission: 'read', input: z.record(z.string(), z.unknown()), output: z.object({}) });
    await fixture.serve([
      echoBinding,
      bindMethod(pairs, async (input) => {
        seen.push(input);
        return {};
      }),
    ]);
    const client = await welcomed();
    client.write('{"type":"call","data":{"id":1,"method":"test.echo","params":{"text":"x","__proto__":{"admin":true}}}}\f');
    client.write(
      '{"type":"call","data":{"id":2,"method":"test.pairs","params":{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}}}\f',
    );
    client.write('{"type":"call","data":{"id":3,"method":"__proto__"}}\f{"type":"call","data":{"id":4,"method":"constructor"}}\f');
    await client.until((seen) => seen.frames.length === 5);
    expect(client.frames.slice(1).map(({ data }) => data)).toMatchObject(
      expect.arrayContaining([
        { id: 3, ok: false, error: expect.objectContaining({ code: 'CCP_IPC_METHOD_UNKNOWN' }) },
        { id: 4, ok: false, error: expect.objectContaining({ code: 'CCP_IPC_METHOD_UNKNOWN' }) },
      ]),
    );
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    for (const input of seen) expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
  });

  it('[F2] refuses arguments with the name of what is wrong', async () => {
    await fixture.serve([echoBinding]);
    const connection = await fixture.connect();
    const wrong = connection.call<unknown, unknown>({ name: 'test.echo' }, { txt: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'CCP_IPC_INPUT', exitCode: 2, message: expect.stringContaining('txt') });
  });

  it('[F2] unknown is told with the nearest name', async () => {
    await fixture.serve([echoBinding]);
    const connection = await fixture.connect();
    await expect(connection.call({ name: 'test.ecko' }, {})).rejects.toMatchObject({
      code: 'CCP_IPC_METHOD_UNKNOWN',
      message: expect.stringContaining('did you mean test.echo?'),
    });
    await expect(connection.call({ name: 'entirely.else' }, {})).rejects.toMatchObject({
      message: expect.not.stringContaining('did you mean'),
    });
  });

  it('[F2] that throws, at once or later, is an error of that call alone', async () => {
    const logged: object[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
    const at = (name: string) => defineMethod({ name, permission: 'read', input: z.unknown(), output: z.object({ n: z.number() }) });
    await fixture.serve(
      [
        echoBinding,
        bindMethod(at('test.sync'), () => {
          throw new Error('secret detail');
        }),
        bindMethod(at('test.async'), () => Promise.reject(new Error('secret detail'))),
        bindMethod(at('test.undefined'), () => Promise.reject(undefined)),
        bindMethod(at('test.coded'), () => Promise.reject(errors.CCP_IPC_BUSY({ message: 'wait', details: { seconds: 3 } }))),
        bindMethod(at('test.shape'), () => Promise.resolve({ n: 'no number' } as never)),
        bindMethod(loose, () => Promise.resolve({ n: 1n })),
      ],
      { logger },
    );
    const connection = await fixture.connect();
    for (const name of ['test.sync', 'test.async', 'test.undefined', 'test.shape', 'test.loose']) {
      const failure = await connection.call({ name }, {}).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'CCP_INTERNAL' });
      expect(JSON.stringify(failure)).not.toContain('secret');
    }
    expect(logged).toHaveLength(5);
    await expect(connection.call({ name: 'test.coded' }, {})).rejects.toMatchObject({
      code: 'CCP_IPC_BUSY',
      message: 'wait',
      retryable: true,
      details: { seconds: 3 },
    });
    await expect(connection.call(echo, { text: 'alive' })).resolves.toEqual({ text: 'alive' });
  });

  it('[F2] that never answers is timed out, by its own time when it has one', async () => {
    const clock = new FakeClock();
    const slow = defineMethod({ name: 'test.slow', permission: 'read', timeoutMs: 60_000, input: z.unknown(), output: z.unknown() });
    await fixture.serve([bindMethod(loose, () => new Promise(() => {})), bindMethod(slow, () => new Promise(() => {}))], { clock });
    const connection = await fixture.connect();
    const failures: string[] = [];
    for (const method of [loose, slow])
      void connection.call(method, {}).catch((error: { message: string }) => failures.push(error.message));
    await vi.waitFor(() => expect(clock.pending).toBe(3));
    clock.advance(30_000);
    await vi.waitFor(() => expect(failures).toEqual(['test.loose did not answer within 30000 ms.']));
    clock.advance(30_000);
    await vi.waitFor(() => expect(failures).toHaveLength(2));
  });

  it('[F2] whose answer is over a frame is told to page', async () => {
    await fixture.serve([bindMethod(loose, () => Promise.resolve('x'.repeat(1024 * 1024)))]);
    const connection = await fixture.connect();
    await expect(connection.call(loose, {})).rejects.toMatchObject({
      code: 'CCP_IPC_TOO_LARGE',
      hint: expect.stringContaining('fewer items'),
    });
    expect(connection.closed).toBe(false);
    await expect(connection.call(loose, { text: 'x'.repeat(1024 * 1024) })).rejects.toMatchObject({ code: 'CCP_IPC_TOO_LARGE' });
  });

  it('[F2] registered twice is refused', async () => {
    await expect(fixture.serve([echoBinding, echoBinding])).rejects.toMatchObject({
      code: 'CCP_IPC_METHOD_DUPLICATE',
      message: expect.stringContaining('test.echo'),
    });
  });

  it('answers in any order, each to its own call', async () => {
    const gate = Promise.withResolvers<unknown>();
    await fixture.serve([echoBinding, bindMethod(loose, () => gate.promise)]);
    const connection = await fixture.connect();
    const late = connection.call(loose, {});
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => connection.call(echo, { text: String(n) })));
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
    gate.resolve('late');
    await expect(late).resolves.toBe('late');
  });
});

describe('a stream', () => {
  it('carries events until its handler ends, or fails', async () => {
    await fixture.serve([
      bindStream(ticks, async ({ count }, _peer, send) => {
        for (let n = 0; n < count; n += 1) send({ n });
        if (count === 0) throw errors.CCP_IPC_BUSY({ message: 'nothing to tick' });
      }),
    ]);
    const connection = await fixture.connect();
    const seen: number[] = [];
    await connection.open(ticks, { count: 3 }, ({ n }) => seen.push(n)).ended;
    expect(seen).toEqual([0, 1, 2]);
    await expect(connection.open(ticks, { count: 0 }, () => {}).ended).rejects.toMatchObject({ code: 'CCP_IPC_BUSY' });
    await expect(connection.open<unknown, unknown>({ name: 'test.tocks' }, {}, () => {}).ended).rejects.toMatchObject({
      code: 'CCP_IPC_METHOD_UNKNOWN',
      message: expect.stringContaining('stream'),
    });
  });

  it('ends for its handler when the client cancels, and when it goes', async () => {
    const aborted: string[] = [];
    await fixture.serve([
      bindStream(ticks, async (_input, peer, send, signal) => {
        send({ n: 1 });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.push(peer.client);
        send({ n: 2 });
      }),
    ]);
    const connection = await fixture.connect({ client: 'cancels' });
    const seen: number[] = [];
    const subscription = connection.open(ticks, { count: 1 }, ({ n }) => {
      seen.push(n);
      subscription.cancel();
    });
    await subscription.ended;
    subscription.cancel();
    const leaving = await fixture.connect({ client: 'leaves' });
    const cut = leaving.open(ticks, { count: 1 }, () => void leaving.close());
    await expect(cut.ended).rejects.toMatchObject({ code: 'CCP_IPC_CLOSED' });
    await vi.waitFor(() => expect(aborted).toEqual(['cancels', 'leaves']));
    expect(seen).toEqual([1]);
  });

  it('[F2] loses events for a slow client, counts them, and keeps the rest of the daemon', async () => {
    const sent = Promise.withResolvers<void>();
    const resume = Promise.withResolvers<void>();
    await fixture.serve(
      [
        echoBinding,
        bindStream(ticks, async ({ count }, _peer, send) => {
          for (let n = 0; n < count; n += 1) send({ n, pad: 'x'.repeat(10_000) });
          sent.resolve();
          await resume.promise;
          send({ n: count });
        }),
      ],
      { limits: { streamBytes: 50_000 } },
    );
    const slow = await welcomed();
    slow.pause();
    slow.send('open', { id: 1, stream: 'test.ticks', params: { count: 1000 } });
    await sent.promise;
    slow.send('beat', {});
    await expect((await fixture.connect()).call(echo, { text: 'alive' })).resolves.toEqual({ text: 'alive' });
    const connection = await fixture.connect();
    const drops: number[] = [];
    const subscription = connection.open(ticks, { count: 1000 }, (_event, dropped) => drops.push(dropped));
    await vi.waitFor(() => expect(drops.length).toBeGreaterThan(0));
    await connection.call(echo, { text: 'everything written so far was read' });
    resume.resolve();
    await subscription.ended;
    const lost = drops.reduce((sum, dropped) => sum + dropped, 0);
    expect(lost).toBeGreaterThan(0);
    expect(drops.length + lost).toBe(1001);
    slow.destroy();
  });

  it('[F2] whose event breaks its own schema ends as an internal error', async () => {
    await fixture.serve([
      bindStream(ticks, async (_input, _peer, send) => {
        send({ n: 'no number' } as never);
        await new Promise(() => {});
      }),
    ]);
    const connection = await fixture.connect();
    await expect(connection.open(ticks, { count: 1 }, () => {}).ended).rejects.toMatchObject({ code: 'CCP_INTERNAL' });
  });

  it('drops a single event over the frame limit', async () => {
    await fixture.serve([
      bindStream(ticks, async (_input, _peer, send) => {
        send({ n: 1, pad: 'x'.repeat(2 * 1024 * 1024) });
        send({ n: 2 });
      }),
    ]);
    const seen: [number, number][] = [];
    await (await fixture.connect()).open(ticks, { count: 1 }, ({ n }, dropped) => seen.push([n, dropped])).ended;
    expect(seen).toEqual([[2, 1]]);
  });
});

describe('a peer', () => {
  it('[A4] [F2] hears of the end of its connection exactly once, whoever ends it', async () => {
    const closes: string[] = [];
    let last: IpcPeer | undefined;
    const lease = bindMethod(loose, async (_input, peer) => {
      last = peer;
      peer.onClose(() => closes.push(peer.client));
      peer.onClose(() => {
        throw new Error('a listener of somebody else');
      });
      peer.onClose(() => closes.push(`${peer.client} again`));
      return {};
    });
    const server = await fixture.serve([lease]);
    for (const client of ['a', 'b']) await (await fixture.connect({ client })).call(loose, {});
    const leaving = await fixture.connect({ client: 'c' });
    await leaving.call(loose, {});
    await leaving.close();
    await vi.waitFor(() => expect(closes).toEqual(['c', 'c again']));
    last?.onClose(() => closes.push('late'));
    expect(closes).toEqual(['c', 'c again', 'late']);
    await server.close();
    expect(closes.toSorted()).toEqual(['a', 'a again', 'b', 'b again', 'c', 'c again', 'late']);
  });

  it('is told by the system clock when it came', async () => {
    const server = await fixture.serve();
    const before = systemClock.now();
    await fixture.connect();
    expect(server.connections()[0]?.since).toBeGreaterThanOrEqual(before);
  });
});
