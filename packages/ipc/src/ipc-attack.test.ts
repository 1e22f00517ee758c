import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectIpc } from './connect-ipc.js';
import { attackIpc } from './testing/ipc-attack.js';
import { createIpcFixture } from './testing/ipc-fixture.js';
import { dialRaw } from './testing/raw-client.js';
import { sourceProcessArgs } from './testing/source-process.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const here = (file: string): string => fileURLToPath(new URL(`./testing/${file}`, import.meta.url));
const token = 'a-token-nobody-guesses';
const echo = { name: 'test.echo' };

let dir: string;
let path: string;
let daemon: ChildProcess;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ccp-attack-'));
  path = join(dir, 'run', 'ipc.sock');
  daemon = spawn(process.execPath, sourceProcessArgs(here('serve-forever.ts'), path, token), { stdio: ['ignore', 'pipe', 'inherit'] });
  if (daemon.stdout !== null) await once(daemon.stdout, 'data');
});
afterAll(async () => {
  daemon.kill('SIGKILL');
  if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'exit');
  rmSync(dir, { recursive: true, force: true });
});

const connect = () => connectIpc({ path, token, client: 'test', pid: process.pid, version: '1' });

describe('a daemon in a process of its own', () => {
  it('[F1] [F2] passes every check of the attack and keeps its memory', { timeout: 120_000 }, async () => {
    const pid = daemon.pid ?? 0;
    const report = await attackIpc({ socket: path, pid });
    expect(report.failed).toEqual([]);
    expect(report.checks.length).toBe(34);
    expect(report.memoryGrowth ?? 0).toBeLessThan(10 * 1024 * 1024);
    const connection = await connect();
    await expect(connection.call(echo, { text: 'alive' })).resolves.toEqual({ text: 'alive' });
    await connection.close();
  });

  it('[F1] [F2] leaves no frame of 10,000 without an answer and survives them all', { timeout: 240_000 }, async () => {
    const word = fc.constantFrom('hello', 'call', 'open', 'cancel', 'beat', '__proto__', 'constructor', '*', 'error', 'result', 'x');
    const noBreak = (text: string): string => text.replaceAll('\f', ' ');
    const frame = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }).map(noBreak),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.record({ type: word, data: fc.jsonValue() }).map((value) => JSON.stringify(value)),
      fc
        .record({
          id: fc.oneof(fc.nat(), fc.jsonValue()),
          method: fc.oneof(fc.constantFrom('test.echo', 'test.ech', '__proto__'), fc.string()),
          params: fc.jsonValue(),
        })
        .map((data) => JSON.stringify({ type: 'call', data })),
    );
    // A refused connection is closed, so every frame has its own; half of them come after a good hello.
    const answered = async (text: string, greet: boolean): Promise<boolean> => {
      const client = await dialRaw(path);
      if (greet) client.send('hello', { protocol: 1, token, client: 'fuzz', pid: 1, version: '1' });
      client.write(`${text}\f`);
      if (greet) client.send('beat', {});
      await client.until((seen) => seen.closed || seen.frames.length >= (greet ? 2 : 1));
      const replied = client.frames.length > 0;
      client.destroy();
      return replied;
    };
    const frames = fc.sample(frame, 10_000 * scale);
    for (let start = 0; start < frames.length; start += 100) {
      const batch = await Promise.all(frames.slice(start, start + 100).map((text, n) => answered(text, n % 2 === 0)));
      expect(batch.every(Boolean)).toBe(true);
    }
    expect(daemon.exitCode).toBeNull();
    await vi.waitFor(async () => expect((await connect()).closed).toBe(false), { timeout: 5000 });
  });
});

describe('a client that is killed', () => {
  it('[A4] [F2] is noticed at once, each of fifty', async () => {
    const fixture = createIpcFixture();
    const server = await fixture.serve();
    const children = Array.from({ length: 5 * scale }, () =>
      spawn(process.execPath, sourceProcessArgs(here('connect-forever.ts'), fixture.path, fixture.token, '10'), { stdio: 'inherit' }),
    );
    await vi.waitFor(() => expect(server.connections()).toHaveLength(50 * scale), { timeout: 25_000 });
    const exits = children.map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(exits);
    await vi.waitFor(() => expect(server.connections()).toHaveLength(0), { timeout: 2000, interval: 1 });
    await fixture.cleanUp();
  });
});
