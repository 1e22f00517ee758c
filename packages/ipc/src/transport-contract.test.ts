import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from './envelope.js';
import type { FrameViolation } from './frame-codec.js';
import type { IpcTransport, TransportConnection, TransportLimits, TransportListener } from './ipc-transport.js';
import { createNetTransport } from './net-transport.js';
import { createNodeIpcTransport } from './node-ipc-transport.js';
import { createMemoryTransport } from './testing/memory-transport.js';

type Make = (limits?: Partial<TransportLimits>) => { server: IpcTransport; client: IpcTransport };
const net: Make = (limits = {}) => ({ server: createNetTransport({ limits }), client: createNetTransport({ limits }) });
const nodeIpc: Make = (limits = {}) => ({ server: createNodeIpcTransport({ limits }), client: createNodeIpcTransport({ limits }) });
const production: Make = (limits = {}) => ({ server: createNodeIpcTransport({ limits }), client: createNetTransport({ limits }) });
const reversed: Make = (limits = {}) => ({ server: createNetTransport({ limits }), client: createNodeIpcTransport({ limits }) });
const memory: Make = (limits = {}) => {
  const transport = createMemoryTransport({ limits });
  return { server: transport, client: transport };
};

/** Everything one end of a connection saw. */
function record(connection: TransportConnection) {
  const seen = { frames: [] as Frame[], violations: [] as FrameViolation[], closes: 0 };
  connection.handle({
    onFrame: (frame) => seen.frames.push(frame),
    onViolation: (violation) => seen.violations.push(violation),
    onClose: () => {
      seen.closes += 1;
    },
  });
  return seen;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

let dir: string;
let path: string;
let listener: TransportListener | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ccp-ipc-'));
  path = join(dir, 's');
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function pair(make: Make, limits?: Partial<TransportLimits>) {
  const { server, client } = make(limits);
  const accepted: { connection: TransportConnection; seen: ReturnType<typeof record> }[] = [];
  listener = await server.listen(path, (connection) => accepted.push({ connection, seen: record(connection) }));
  const near = await client.connect(path, 5000);
  const nearSeen = record(near);
  await until(() => accepted.length === 1);
  const [far] = accepted;
  if (far === undefined) throw new Error('nothing was accepted');
  return { near, nearSeen, far: far.connection, farSeen: far.seen, server, client };
}

describe.each([
  ['net', net],
  ['node-ipc', nodeIpc],
  ['net client against node-ipc server', production],
  ['node-ipc client against net server', reversed],
  ['memory', memory],
] as const)('[F2] transport contract: %s', (_name, make) => {
  it('carries frames both ways, in order, unchanged', async () => {
    const { near, nearSeen, far, farSeen } = await pair(make);
    const sent = Array.from({ length: 200 }, (_, n) => ({ type: 'call', data: { n, text: `\f\n\0 é 漢 😀 ${'x'.repeat(n * 50)}` } }));
    for (const frame of sent) expect(near.send(frame)).toBe(true);
    await until(() => farSeen.frames.length === sent.length);
    expect(farSeen.frames).toEqual(sent);
    far.send({ type: 'result', data: { ok: true } });
    await until(() => nearSeen.frames.length === 1);
    expect(nearSeen.frames).toEqual([{ type: 'result', data: { ok: true } }]);
  });

  it('carries names that mean something to an event emitter as plain frames', async () => {
    const { near, farSeen } = await pair(make);
    for (const type of ['frame', 'violation', '*', 'beat']) near.send({ type, data: { type } });
    await until(() => farSeen.frames.length === 4);
    expect(farSeen.frames.map((frame) => frame.type)).toEqual(['frame', 'violation', '*', 'beat']);
    expect(farSeen.closes).toBe(0);
  });

  it('carries a frame just below the limit and refuses one above it, leaving the connection open', async () => {
    const { near, farSeen } = await pair(make, { frameBytes: 10_000 });
    near.send({ type: 'call', data: 'x'.repeat(9900) });
    expect(() => near.send({ type: 'call', data: 'x'.repeat(10_001) })).toThrow(expect.objectContaining({ code: 'CCP_IPC_TOO_LARGE' }));
    near.send({ type: 'beat', data: {} });
    await until(() => farSeen.frames.length === 2);
    expect(near.closed).toBe(false);
  });

  it('tells both ends once when either closes, after what was pending', async () => {
    const { near, nearSeen, far, farSeen } = await pair(make);
    near.send({ type: 'call', data: 'last words' });
    near.close();
    near.close();
    await until(() => farSeen.closes > 0 && nearSeen.closes > 0);
    expect(farSeen).toEqual({ frames: [{ type: 'call', data: 'last words' }], violations: [], closes: 1 });
    expect(nearSeen.closes).toBe(1);
    expect([near.closed, far.closed]).toEqual([true, true]);
    expect([near.send({ type: 'beat', data: {} }), far.send({ type: 'beat', data: {} })]).toEqual([false, false]);
  });

  it('tells a listener set after the end', async () => {
    const { near, nearSeen } = await pair(make);
    near.close();
    await until(() => nearSeen.closes === 1);
    expect(record(near).closes).toBe(1);
  });

  it('closing the listener closes its connections and frees the path', async () => {
    const { nearSeen, client, server } = await pair(make);
    await listener?.close();
    await until(() => nearSeen.closes === 1);
    await expect(client.connect(path, 1000)).rejects.toMatchObject({ code: 'ENOENT' });
    listener = await server.listen(path, (connection) => record(connection));
    const again = await client.connect(path, 1000);
    record(again);
    expect(again.closed).toBe(false);
  });

  it('rejects with the error of the system when nothing is there, and when the path is taken', async () => {
    const { server, client } = await pair(make);
    await expect(client.connect(join(dir, 'absent'), 1000)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(server.listen(path, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

/** A peer that writes bytes of its own choice. */
async function raw() {
  const socket = Object.assign(createConnection({ path }), { text: '' });
  socket.on('data', (chunk) => {
    socket.text += String(chunk);
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

describe.each([
  ['net', net],
  ['node-ipc', nodeIpc],
] as const)('[F1] [F2] a %s listener against bytes', (_name, make) => {
  const listen = async (limits?: Partial<TransportLimits>) => {
    const accepted: { connection: TransportConnection; seen: ReturnType<typeof record> }[] = [];
    listener = await make(limits).server.listen(path, (connection) => accepted.push({ connection, seen: record(connection) }));
    return accepted;
  };
  const first = async (accepted: Awaited<ReturnType<typeof listen>>) => {
    await until(() => accepted.length > 0);
    const [one] = accepted;
    if (one === undefined) throw new Error('nothing was accepted');
    return one;
  };

  it.each([
    ['not-json', 'nope\f'],
    ['not-a-frame', '{"type":1}\f'],
    ['not-a-frame', 'null\f'],
    ['too-large', 'x'.repeat(3000)],
  ] as const)('reports %s once, can still answer, and reads no more', async (violation, bytes) => {
    const accepted = await listen({ frameBytes: 2000 });
    const socket = await raw();
    socket.write(`{"type":"a","data":1}\f${bytes}`);
    const { connection, seen } = await first(accepted);
    await until(() => seen.violations.length > 0);
    socket.write('{"type":"b","data":1}\f{"type":"c"}\f');
    connection.send({ type: 'refused', data: {} });
    connection.close();
    await until(() => seen.closes === 1 && socket.closed);
    expect(seen).toMatchObject({ frames: [{ type: 'a', data: 1 }], violations: [violation] });
    expect(socket.text).toBe('{"type":"refused","data":{}}\f');
  });

  it('gives up on half a frame', async () => {
    const accepted = await listen({ halfFrameMs: 100 });
    const socket = await raw();
    socket.write('{"type":"sta');
    const { connection, seen } = await first(accepted);
    await until(() => seen.violations.length + seen.closes > 0);
    connection.close();
    await until(() => socket.closed);
    expect(seen.frames).toEqual([]);
  });

  it('closes a connection whose reader never reads, keeping no more than the limit', async () => {
    const accepted = await listen({ pendingBytes: 500_000, closeGraceMs: 50 });
    const socket = await raw();
    socket.pause();
    const { connection, seen } = await first(accepted);
    let sent = 0;
    while (connection.send({ type: 'event', data: 'x'.repeat(50_000) }) && sent < 1000) {
      sent += 1;
      expect(connection.pendingBytes).toBeLessThanOrEqual(500_000);
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(100);
    await until(() => seen.closes === 1);
    socket.destroy();
  });

  it('cuts a peer that does not take the end', async () => {
    const accepted = await listen({ closeGraceMs: 50 });
    const socket = await raw();
    socket.pause();
    const { connection, seen } = await first(accepted);
    for (let n = 0; n < 20; n += 1) connection.send({ type: 'event', data: 'x'.repeat(100_000) });
    connection.close();
    await until(() => seen.closes === 1);
    expect(connection.closed).toBe(true);
    socket.destroy();
  });

  it('serves 300 clients at once', async () => {
    const accepted = await listen();
    const sockets = await Promise.all(Array.from({ length: 300 }, () => raw()));
    await until(() => accepted.length === 300);
    for (const socket of sockets) socket.write('{"type":"beat","data":{}}\f');
    await until(() => accepted.every(({ seen }) => seen.frames.length === 1));
    for (const socket of sockets) socket.destroy();
    await until(() => accepted.every(({ seen }) => seen.closes === 1));
    expect(accepted).toHaveLength(300);
  });

  it('never removes what lies at its path', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(path, resolve));
    await expect(make().server.listen(path, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(existsSync(path)).toBe(true);
    await new Promise((resolve) => occupant.close(resolve));
  });
});
