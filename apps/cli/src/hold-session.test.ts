import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDaemon, createDaemonClient } from '@ccproxy/client';
import { resolvePaths } from '@ccproxy/kernel';
import Restart from './commands/restart.js';
import Start from './commands/start.js';
import { holdSession } from './hold-session.js';
import { runCommand } from './testing/run-command.js';
import { TestHome } from './testing/test-home.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

describe('holdSession', () => {
  it('[A2] ties the session to the next daemon after a restart, and ends it when released', async () => {
    await runCommand(Start, [], home.env);
    const paths = resolvePaths({ env: {}, home: home.root, platform: process.platform, stateDir: home.state });
    const connect = async () => createDaemonClient(await connectDaemon({ paths, client: 'test', version: '0' }));
    const client = await connect();
    const session = await client.openSession({ client: 'ccproxy claude', pid: process.pid });
    const hold = holdSession(client, { id: session.id, paths });
    expect((await runCommand(Restart, [], home.env)).exitCode).toBe(0);
    const watcher = await connect();
    const leases = async () => (await watcher.status()).leases.map((lease) => lease.client);
    await expect.poll(leases, { timeout: 20_000 }).toEqual(['ccproxy claude']);
    const ask = async () => (await fetch(`${session.url}/v1/models`, { headers: { 'x-ccproxy-token': session.token } })).status;
    expect(await ask()).toBe(200);
    await hold.release();
    await expect.poll(leases).toEqual([]);
    expect(await ask()).toBe(401);
    await watcher.close();
  });

  it('[A2] a session released while the daemon is being replaced leaves no connection behind', async () => {
    await runCommand(Start, [], home.env);
    const paths = resolvePaths({ env: {}, home: home.root, platform: process.platform, stateDir: home.state });
    const connect = async () => createDaemonClient(await connectDaemon({ paths, client: 'test', version: '0' }));
    const client = await connect();
    const session = await client.openSession({ client: 'ccproxy claude', pid: process.pid });
    const hold = holdSession(client, { id: session.id, paths });
    const lost = new Promise<void>((resolve) => client.connection.onClose(() => resolve()));
    expect((await runCommand(Restart, [], home.env)).exitCode).toBe(0);
    await lost;
    await hold.release();
    const watcher = await connect();
    // Longer than the pause between two tries to find the next daemon.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await expect.poll(async () => (await watcher.status()).leases).toEqual([]);
    await watcher.close();
  });
});
