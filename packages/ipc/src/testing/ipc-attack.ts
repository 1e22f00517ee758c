import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';

/** One thing tried on the socket: `passed` when the daemon was alive afterwards and the offender was closed or answered with an error. */
export interface AttackCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface AttackOptions {
  readonly socket: string;
  /** Process whose memory is watched (Linux); nothing is said about memory when absent. */
  readonly pid?: number;
  /** The frame limit of the daemon, bytes. */
  readonly frameBytes?: number;
  /** How long half a frame may stay unanswered, ms. */
  readonly idleMs?: number;
}

export interface AttackReport {
  readonly checks: readonly AttackCheck[];
  readonly failed: readonly AttackCheck[];
  /** How much the daemon's resident memory grew while it was sent frames far over the limit, bytes; undefined when it cannot be read. */
  readonly memoryGrowth: number | undefined;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Any client that knows no token and no manners. Runs against a live socket, takes some seconds. */
export async function attackIpc(options: AttackOptions): Promise<AttackReport> {
  const { socket, pid, frameBytes = 1024 * 1024, idleMs = 6000 } = options;
  const checks: AttackCheck[] = [checkModes(socket), checkOwner(socket)];
  for (const [name, bytes] of Object.entries(hostileFrames())) checks.push(await sendFrame(socket, name, bytes));
  const before = memoryOf(pid);
  checks.push(
    await sendBulk(socket, 'a frame of 16 times the limit that never ends', frameBytes * 16, false),
    await sendBulk(socket, 'a frame of 4 times the limit', frameBytes * 4, true),
  );
  const after = memoryOf(pid);
  checks.push(await connectMany(socket), await connectAndDrop(socket), await sendHalfAFrame(socket, idleMs));
  return {
    checks,
    failed: checks.filter((check) => !check.passed),
    memoryGrowth: before === undefined || after === undefined ? undefined : after - before,
  };
}

/** Resident memory, bytes, from procfs. */
function memoryOf(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function checkModes(socket: string): AttackCheck {
  const [own, dir] = [statSync(socket).mode & 0o777, statSync(dirname(socket)).mode & 0o777];
  const detail = `socket ${own.toString(8)}, directory ${dir.toString(8)}`;
  return { name: 'neither socket nor directory is open to others', passed: own === 0o600 && dir === 0o700, detail };
}

function checkOwner(socket: string): AttackCheck {
  const dir = lstatSync(dirname(socket));
  return { name: 'the directory is real and ours', passed: dir.isDirectory() && dir.uid === process.getuid?.(), detail: `uid ${dir.uid}` };
}

const json = (type: string, data: unknown): string => JSON.stringify({ type, data });

function hostileFrames(): Readonly<Record<string, string | Buffer>> {
  return {
    'not json': 'nope',
    null: 'null',
    number: '5',
    array: '[]',
    'no type': '{}',
    'type is a number': '{"type":1}',
    'type __proto__': json('__proto__', {}),
    'type toString': json('toString', {}),
    'type constructor': json('constructor', {}),
    'type hasOwnProperty': json('hasOwnProperty', {}),
    'forged connect': json('connect', {}),
    'forged close': json('close', {}),
    'forged start': json('start', {}),
    'forged error': json('error', {}),
    'forged disconnect': json('socket.disconnected', {}),
    star: json('*', 1),
    empty: '',
    'polluting data': '{"type":"status","data":{"__proto__":{"admin":true}}}',
    'nested 100000 deep': `{"type":"status","data":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    'invalid utf-8': Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x7d]),
    nul: '\0\0\0',
    'a command without a hello': json('call', { id: 1, method: 'daemon.stop', params: {} }),
    'a stream without a hello': json('open', { id: 1, stream: 'logs.follow', params: {} }),
    'a wrong token': json('hello', { protocol: 1, token: 'A'.repeat(64), client: 'attack', pid: 1, version: '0.0.0' }),
    'a future version': json('hello', { protocol: 9999 }),
    'a type of 1 MB': json('x'.repeat(1e6), {}),
    'an http request': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  };
}

interface Probe {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

function dial(path: string): Promise<Probe> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const probe: Probe = { socket, text: '', closed: false };
    socket.on('data', (chunk) => {
      probe.text += String(chunk);
    });
    socket.on('close', () => {
      probe.closed = true;
    });
    // A reset is an answer too; what counts is `closed`.
    socket.on('error', reject);
    socket.once('connect', () => resolve(probe));
  });
}

async function waitFor(condition: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; !condition() && Date.now() < end;) await sleep(5);
  return condition();
}

/** A live daemon answers whatever it does not understand. */
async function isServing(path: string): Promise<boolean> {
  const probe = await dial(path).catch(() => undefined);
  if (probe === undefined) return false;
  probe.socket.write(`${json('ping', {})}\f`);
  const answered = await waitFor(() => probe.text !== '', 5000);
  probe.socket.destroy();
  return answered;
}

async function verdict(path: string, name: string, probe: Probe, settled: boolean): Promise<AttackCheck> {
  probe.socket.destroy();
  const serving = await isServing(path);
  return { name, passed: serving && settled, detail: `serving ${serving}, closed ${probe.closed}, reply ${probe.text.slice(0, 80)}` };
}

async function sendFrame(path: string, name: string, bytes: string | Buffer): Promise<AttackCheck> {
  const probe = await dial(path);
  probe.socket.write(Buffer.concat([Buffer.from(bytes), Buffer.from('\f')]));
  return verdict(path, name, probe, await waitFor(() => probe.closed || probe.text.includes('"error"'), 3000));
}

async function sendBulk(path: string, name: string, bytes: number, terminated: boolean): Promise<AttackCheck> {
  const probe = await dial(path);
  const chunk = Buffer.alloc(1 << 20, 97);
  for (let sent = 0; sent < bytes && !probe.closed; sent += chunk.length) {
    const drained = new Promise<void>((resolve) => {
      probe.socket.once('drain', resolve);
      probe.socket.once('close', () => resolve());
    });
    if (!probe.socket.write(chunk)) await Promise.race([drained, sleep(2000)]);
  }
  if (terminated) probe.socket.write('\f');
  return verdict(path, name, probe, await waitFor(() => probe.closed, 3000));
}

async function connectMany(path: string): Promise<AttackCheck> {
  const probes = await Promise.all(Array.from({ length: 200 }, () => dial(path)));
  await sleep(100);
  const open = probes.filter((probe) => !probe.closed).length;
  for (const probe of probes) probe.socket.destroy();
  return { name: '200 connections, then none', passed: open === 200 && (await isServing(path)), detail: `${open} stayed open` };
}

async function connectAndDrop(path: string): Promise<AttackCheck> {
  for (let n = 0; n < 500; n += 1) {
    const probe = await dial(path);
    probe.socket.write(randomBytes(200));
    probe.socket.destroy();
  }
  return { name: '500 connections with random bytes', passed: await isServing(path), detail: '' };
}

async function sendHalfAFrame(path: string, idleMs: number): Promise<AttackCheck> {
  const probe = await dial(path);
  probe.socket.write('{"type":"sta');
  return verdict(path, 'half a frame is timed out', probe, await waitFor(() => probe.closed, idleMs));
}
