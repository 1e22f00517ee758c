import type { ChildProcess } from 'node:child_process';
import type { Server } from 'node:net';
import type { Clock, FileLock, ProcessIdentity, SerializedError } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { TakeoverMessage } from './takeover-message.js';

export interface HandOverOptions {
  /** Starts the successor with `--takeover` and a message channel. */
  readonly spawnSuccessor: () => ChildProcess;
  /** The listening TCP server; it is shared, not moved: nothing is refused in between. */
  readonly server: Server;
  readonly lock: FileLock;
  /** Runs when the successor is prepared, before it gets the socket. Must not fail. */
  readonly leave: () => Promise<void>;
  readonly clock: Clock;
  /** How long the successor may take to be ready, ms. */
  readonly timeoutMs: number;
}

/**
 * Hands the listening socket and the instance lock to a freshly started successor and resolves with its pid once it is ready.
 * When it fails nothing has changed but, at worst, the owner of the lock: the caller takes that back with `acquireLock`.
 * @throws CCP_DAEMON_TAKEOVER with the successor's own reason
 */
export async function handOver(options: HandOverOptions): Promise<number> {
  const child = options.spawnSuccessor();
  try {
    return await converse(child, options);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function converse(child: ChildProcess, options: HandOverOptions): Promise<number> {
  const leaveTo = async (successor: ProcessIdentity): Promise<void> => {
    await options.leave();
    await options.lock.handOver(successor);
  };
  return new Promise((resolve, reject) => {
    const timer = options.clock.setTimeout(() => fail(`it was not ready after ${options.timeoutMs} ms`), options.timeoutMs);
    const settle = (act: () => void): void => {
      timer.clear();
      child
        .removeAllListeners('message')
        .removeAllListeners('exit')
        .removeAllListeners('error')
        .removeAllListeners('disconnect')
        .on('error', () => {});
      act();
    };
    const fail = (reason: string, cause?: SerializedError): void =>
      settle(() =>
        reject(
          errors.CCP_DAEMON_TAKEOVER({
            message: `the new daemon did not take over: ${reason}`,
            ...(cause === undefined ? {} : { hint: cause.hint, details: { cause } }),
          }),
        ),
      );
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => {
      const ended = (): void => fail(`it ended with ${signal ?? `exit code ${code}`}`);
      // Its last words may still be on their way until the channel closes.
      if (child.connected) child.once('disconnect', ended);
      else ended();
    });
    child.on('message', (raw) => {
      const message = TakeoverMessage.safeParse(raw);
      if (!message.success) return fail('it sent something that is not part of the protocol');
      switch (message.data.type) {
        case 'prepared':
          leaveTo(message.data.identity).then(
            () =>
              child.send({ type: 'socket' } satisfies TakeoverMessage, options.server, (error) => error !== null && fail(error.message)),
            (error: Error) => fail(error.message),
          );
          return;
        case 'failed':
          return fail(message.data.error.message, message.data.error);
        case 'ready':
          return settle(() => resolve(child.pid ?? 0));
        case 'socket':
          return fail('it sent a socket instead of taking one');
      }
    });
  });
}
