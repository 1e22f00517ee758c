import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpcPeer } from '@ccproxy/ipc';
import { createRedactor, silentLogger } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { createSessionRegistry, type SessionTokens } from './session-registry.js';

class FakeTokens implements SessionTokens {
  readonly known = new Map<string, string>();
  add(entry: { id: string; token: string }): void {
    this.known.set(entry.id, entry.token);
  }
  restore(entry: { id: string; digest: string }): void {
    this.known.set(entry.id, `digest:${entry.digest}`);
  }
  revoke(id: string): boolean {
    return this.known.delete(id);
  }
}

function peer(connectionId: string): IpcPeer & { end(): void } {
  const listeners: (() => void)[] = [];
  return {
    connectionId,
    client: 'test',
    pid: 1,
    keep: () => {},
    onClose: (fn) => listeners.push(fn),
    end: () => listeners.forEach((fn) => fn()),
  };
}

function setUp(dir = mkdtempSync(join(tmpdir(), 'ccp-'))) {
  const tokens = new FakeTokens();
  let count = 0;
  const redactor = createRedactor();
  const registry = createSessionRegistry({
    dir,
    tokens,
    logger: silentLogger,
    newId: () => `s_${++count}`,
    newToken: () => `secret-token-${count}`,
    redactor,
  });
  return { dir, tokens, registry, redactor };
}

describe('SessionRegistry', () => {
  it('[A2] a session ends with its connection: token revoked, record gone', async () => {
    const { dir, tokens, registry, redactor } = setUp();
    const connection = peer('c1');
    const session = await registry.open(connection, { client: 'claude', pid: process.pid });
    expect(tokens.known.get(session.id)).toBe(session.token);
    expect(redactor.redact(`x ${session.token}`)).toBe('x ****');
    const file = join(dir, `${session.id}.session`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(session.token);
    connection.end();
    expect(tokens.known.size).toBe(0);
    expect(redactor.redact(`x ${session.token}`)).toBe(`x ${session.token}`);
    await expect.poll(() => readdirSync(dir)).toEqual([]);
  });

  it('[A2] a session survives the daemon: accepted again after kill -9, tied to the connection that resumes it', async () => {
    const first = setUp();
    const session = await first.registry.open(peer('c1'), { client: 'claude', pid: process.pid });
    const second = setUp(first.dir);
    expect(await second.registry.restore()).toMatchObject([{ id: session.id, heldBy: 'connection', project: null }]);
    expect(second.tokens.known.get(session.id)).toMatch(/^digest:/);
    const connection = peer('c2');
    expect(second.registry.resume(connection, session.id)).toBe(true);
    expect(second.registry.resume(connection, 'unknown')).toBe(false);
    connection.end();
    expect(second.tokens.known.size).toBe(0);
  });

  it('[A2] forgets the sessions of processes that are gone and records that are not its own', async () => {
    const { dir, registry } = setUp();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await registry.open(peer('c1'), { client: 'claude', pid: child.pid ?? 0 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    writeFileSync(join(dir, 'broken.session'), '{"id":');
    writeFileSync(join(dir, 'other.session'), '{"id":"s_9"}');
    const after = setUp(dir);
    expect(await after.registry.restore()).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
    writeFileSync(join(dir, '17-x.json'), '{}');
    await after.registry.restore();
    expect(readdirSync(dir)).toEqual(['17-x.json']);
  });

  it('[A2] removes the settings file of a client that could not do it itself', async () => {
    const { dir, registry } = setUp();
    const connection = peer('c1');
    const session = await registry.open(connection, { client: 'claude', pid: process.pid, heldBy: 'process', project: 'p' });
    writeFileSync(join(dir, `${process.pid}-${session.id}.json`), '{}');
    connection.end();
    await expect.poll(() => readdirSync(dir)).toEqual([]);
  });

  it('[A2] keeps records while this daemon hands over, and an old connection cannot end a resumed session', async () => {
    const { dir, tokens, registry } = setUp();
    const old = peer('c1');
    const session = await registry.open(old, { client: 'claude', pid: process.pid });
    registry.resume(peer('c2'), session.id);
    old.end();
    expect(tokens.known.size).toBe(1);
    const other = peer('c3');
    await registry.open(other, { client: 'claude', pid: process.pid });
    registry.retain();
    other.end();
    expect(readdirSync(dir)).toHaveLength(2);
  });
});
