import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, type FileLock, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handOver } from './hand-over.js';

let folder: string;
let server: Server;
let lock: FileLock;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ccp-'));
  server = createServer((socket) => socket.end('old')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  lock = await acquireLock(join(folder, 'lock'), { clock: systemClock, waitMs: 0 });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  server.close();
  await lock.release();
});

/** A successor that runs `script` with the message channel in `process`. */
function successor(script: string): ChildProcess {
  const file = join(folder, 'successor.mjs');
  writeFileSync(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return child;
}

const prepared = `process.send({ type: 'prepared', identity: { pid: process.pid, startTicks: 0, bootId: '' } });`;
const run = (script: string, clock = systemClock, timeoutMs = 20_000): Promise<number> =>
  handOver({ spawnSuccessor: () => successor(script), server, lock, leave: async () => {}, clock, timeoutMs });

async function greeting(): Promise<string> {
  const { port } = server.address() as { port: number };
  let text = '';
  for await (const chunk of connect(port, '127.0.0.1')) text += String(chunk);
  return text;
}

describe('handOver', () => {
  it('[B6] shares the listening socket and resolves when the successor is ready', async () => {
    const port = (server.address() as { port: number }).port;
    const pid = await run(`process.on('message', (message, handle) => {
      if (message.type !== 'socket') process.exit(9);
      handle.on('connection', (socket) => socket.end('new'));
      process.send({ type: 'ready' });
    });
    ${prepared}`);
    expect(pid).toBe(children[0]?.pid);
    server.close();
    let text = '';
    for await (const chunk of connect(port, '127.0.0.1')) text += String(chunk);
    expect(text).toBe('new');
  });

  it.each([
    ['ends before it is ready', 'process.exit(3)', 'exit code 3'],
    [
      'says why it failed',
      `process.send({ type: 'failed', error: { code: 'CCP_X', title: 'X', message: 'the disk is full', hint: 'Free some space.' } }); setInterval(() => {}, 1000)`,
      'the disk is full',
    ],
    ['speaks another protocol', `process.send({ type: 'hello' }); setInterval(() => {}, 1000)`, 'not part of the protocol'],
    ['sends a socket itself', `process.send({ type: 'socket' }); setInterval(() => {}, 1000)`, 'instead of taking one'],
  ])('[B6] a successor that %s changes nothing', async (_name, script, reason) => {
    await expect(run(script)).rejects.toMatchObject({ code: 'CCP_DAEMON_TAKEOVER', message: expect.stringContaining(reason) });
    expect(await greeting()).toBe('old');
  });

  it('[B6] a successor that never gets ready is given up and ended', async () => {
    const clock = new FakeClock();
    const waiting = run('setInterval(() => {}, 1000)', clock, 5000);
    clock.advance(5000);
    await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('5000 ms') });
    const [child] = children;
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child?.signalCode).toBe('SIGKILL');
  });

  it('[B6] a program that cannot be started is a coded error too', async () => {
    const spawnSuccessor = (): ChildProcess => spawn(join(folder, 'absent'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await expect(
      handOver({ spawnSuccessor, server, lock, leave: async () => {}, clock: systemClock, timeoutMs: 20_000 }),
    ).rejects.toMatchObject({
      code: 'CCP_DAEMON_TAKEOVER',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
