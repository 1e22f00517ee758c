import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, currentProcessIdentity, systemClock } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { takeOver } from './take-over.js';
import type { TakeoverMessage } from './takeover-message.js';

/** The predecessor's answer to `prepared`. */
function channel(answer: (message: TakeoverMessage, deliver: (message: unknown, handle?: unknown) => void) => void) {
  let listener: (message: unknown, handle: unknown) => void = () => {};
  return {
    send: (message: TakeoverMessage) => answer(message, (reply, handle) => listener(reply, handle)),
    onMessage: (fn: typeof listener) => void (listener = fn),
  };
}

const lockFile = () => join(mkdtempSync(join(tmpdir(), 'ccp-')), 'lock');

describe('takeOver', () => {
  it('[B6] takes the socket and the lock it was made owner of', async () => {
    const file = lockFile();
    const predecessor = await acquireLock(file, { clock: systemClock, waitMs: 0, owner: { pid: 1, startTicks: 0, bootId: '' } });
    const server = createServer();
    const { attached, lock } = await takeOver(
      channel((message, deliver) => {
        if (message.type !== 'prepared') throw new Error('wrong order');
        void predecessor.handOver(message.identity).then(() => deliver({ type: 'socket' }, server));
      }),
      file,
      async (handle) => handle === server,
    );
    expect(attached).toBe(true);
    expect(lock.owner).toEqual(currentProcessIdentity());
    await lock.release();
  });

  it('[B6] refuses a predecessor that sends no socket, and a lock that was not handed over', async () => {
    const file = lockFile();
    await expect(
      takeOver(
        channel((_message, deliver) => deliver({ type: 'ready' })),
        file,
        async () => 1,
      ),
    ).rejects.toMatchObject({ code: 'CCP_DAEMON_TAKEOVER' });
    await expect(
      takeOver(
        channel((_message, deliver) => deliver({ type: 'socket' })),
        file,
        async () => 1,
      ),
    ).rejects.toMatchObject({ code: 'CCP_DAEMON_TAKEOVER' });
    await acquireLock(file, { clock: systemClock, waitMs: 0, owner: { pid: 1, startTicks: 0, bootId: '' } });
    await expect(
      takeOver(
        channel((_message, deliver) => deliver({ type: 'socket' }, createServer())),
        file,
        async () => 1,
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('not handed over') });
  });
});
