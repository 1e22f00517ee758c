import type { Server } from 'node:net';
import { adoptLock, currentProcessIdentity, type FileLock } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { TakeoverMessage } from './takeover-message.js';

/** The end of the parent channel this process holds: `process`, or a stand-in of a test. */
export interface ParentChannel {
  send(message: TakeoverMessage): void;
  onMessage(listener: (message: unknown, handle: unknown) => void): void;
}

/**
 * The successor's side of a restart: says that it is prepared, waits for the listening socket and takes the instance lock.
 * `attach` gets the socket synchronously, in the turn it arrives: a connection accepted later finds its server.
 * @throws CCP_DAEMON_TAKEOVER
 */
export async function takeOver<T>(
  channel: ParentChannel,
  lockFile: string,
  attach: (server: Server) => Promise<T>,
): Promise<{ attached: T; lock: FileLock }> {
  const identity = currentProcessIdentity();
  const attached = await new Promise<T>((resolve, reject) => {
    channel.onMessage((raw, handle) => {
      const message = TakeoverMessage.safeParse(raw);
      if (!message.success || message.data.type !== 'socket' || handle === undefined) {
        reject(errors.CCP_DAEMON_TAKEOVER({ message: 'the predecessor did not send its socket' }));
        return;
      }
      attach(handle as Server).then(resolve, reject);
    });
    channel.send({ type: 'prepared', identity });
  });
  const lock = await adoptLock(lockFile, identity);
  if (lock === undefined) throw errors.CCP_DAEMON_TAKEOVER({ message: `the lock ${lockFile} was not handed over` });
  return { attached, lock };
}
