import type { ParentChannel } from './take-over.js';

/** The part of `process` that the message channel to the parent needs. */
export interface ChannelSource {
  readonly connected?: boolean;
  send?(message: unknown, ...rest: unknown[]): boolean;
  disconnect?(): void;
  on(event: 'message', listener: (message: unknown, handle: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** The channel Node opened to the process that started this one; undefined when there is none (a shell, systemd). */
export function createParentChannel(source: ChannelSource): (ParentChannel & { close(): void }) | undefined {
  if (source.send === undefined) return undefined;
  return {
    send(message) {
      // A parent that left is no failure: nobody wants to know any more.
      if (source.connected === true) source.send?.(message, undefined, undefined, () => {});
    },
    onMessage: (listener) => void source.on('message', listener),
    close() {
      if (source.connected === true) source.disconnect?.();
    },
  };
}
