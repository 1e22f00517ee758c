import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWithDaemon } from './open-with-daemon.js';
import { createStateDir, type StateDir } from './testing/state-dir.js';

let place: StateDir;
beforeEach(() => {
  place = createStateDir();
});
afterEach(() => place.cleanUp());

const options = (behaviour = '') => ({ paths: place.paths, client: 'test', version: '1.2.3', spawnDaemon: () => place.spawn(behaviour) });
const lease = { client: 'test', pid: process.pid };

describe('openWithDaemon', () => {
  it('[A4] starts a daemon, or takes the one that runs', async () => {
    const first = await openWithDaemon(options(), (client) => client.openLease(lease));
    const second = await openWithDaemon(options(), (client) => client.openLease(lease));
    expect([first.started, second.started]).toEqual([true, false]);
    expect([first.value.leases, second.value.leases]).toEqual([1, 2]);
    await Promise.all([first.client.close(), second.client.close()]);
  });

  it('[A4] waits for the end of a daemon that is stopping, and gets the next one', async () => {
    const old = await openWithDaemon(options('lingering'), (client) => client.openLease(lease));
    await old.client.stop();
    const { client, started, value } = await openWithDaemon(options(), (next) => next.openLease(lease));
    expect([started, value.leases]).toEqual([true, 1]);
    expect(client.connection.server.pid).not.toBe(old.client.connection.server.pid);
    await client.close();
  });

  it('[A4] passes on what the daemon refuses for another reason, and closes', async () => {
    const failure = openWithDaemon(options(), (client) => client.openLease({ ...lease, project: 7 as never }));
    await expect(failure).rejects.toMatchObject({ code: 'CCP_IPC_INPUT' });
  });

  it('[A4] starts another when somebody kills the one that was just started', async () => {
    let starts = 0;
    const spawnDaemon = async () => {
      const daemon = await place.spawn();
      starts += 1;
      if (starts === 1) {
        await daemon.ready;
        process.kill(daemon.pid, 'SIGKILL');
      }
      return daemon;
    };
    const { client, value } = await openWithDaemon({ ...options(), spawnDaemon }, (each) => each.openLease(lease));
    expect([starts, value.leases]).toEqual([2, 1]);
    await client.close();
  });

  it('[A4] gives up when the time is over', async () => {
    const old = await openWithDaemon(options('stubborn'), (client) => client.openLease(lease));
    await old.client.stop();
    const failure = openWithDaemon({ ...options(), patienceMs: 300 }, (client) => client.openLease(lease));
    await expect(failure).rejects.toMatchObject({ code: 'CCP_DAEMON_STOPPING' });
    await old.client.close();
  });
});
