import type { Logger } from '@ccproxy/kernel';
import type { Hello } from './envelope.js';
import type { IpcPeer } from './ipc-method.js';

/** A peer as its session sees it. */
export interface SessionPeer extends IpcPeer {
  readonly version: string;
  /** ms since the epoch */
  readonly since: number;
  /** Whether `keep` was called. */
  kept(): boolean;
  /** Runs what `onClose` collected, once. */
  closed(): void;
}

export function createPeer(connectionId: string, hello: Hello, since: number, logger: Logger): SessionPeer {
  let listeners: (() => void)[] | undefined = [];
  let kept = false;
  const run = (listener: () => void): void => {
    try {
      listener();
    } catch (error) {
      logger.error({ err: error, connectionId }, 'a close listener of a control connection failed');
    }
  };
  return {
    connectionId,
    client: hello.client,
    pid: hello.pid,
    version: hello.version,
    since,
    onClose: (listener) => {
      if (listeners === undefined) run(listener);
      else listeners.push(listener);
    },
    keep: () => {
      kept = true;
    },
    kept: () => kept,
    closed: () => {
      const due = listeners ?? [];
      listeners = undefined;
      for (const listener of due) run(listener);
    },
  };
}
