import { CcproxyError } from '@ccproxy/kernel';
import type { ServerFrame } from './envelope.js';
import type { IpcBinding, IpcPeer } from './ipc-method.js';
import { parseInput, parseOutput } from './run-call.js';

type StreamBinding = Extract<IpcBinding, { kind: 'stream' }>;

/** Where the events of one stream go. */
export interface StreamOutlet {
  readonly id: number;
  /** True while the client takes events too slowly. */
  congested(): boolean;
  /** Raises `CCP_IPC_TOO_LARGE`. */
  send(frame: ServerFrame): boolean;
}

/**
 * Runs one stream until its handler ends or `signal` fires. Events a slow client cannot take are lost and counted;
 * the count travels with the next event or with the end. Resolves with the number not reported yet.
 */
export async function runStream(
  binding: StreamBinding,
  params: unknown,
  peer: IpcPeer,
  outlet: StreamOutlet,
  signal: AbortSignal,
): Promise<number> {
  const { stream } = binding;
  const input = parseInput(stream.name, stream.input, params);
  const failed = Promise.withResolvers<never>();
  let dropped = 0;
  const send = (event: unknown): void => {
    if (signal.aborted) return;
    try {
      const data = parseOutput(stream.name, stream.event, event);
      const sent =
        !outlet.congested() && outlet.send({ type: 'event', data: { id: outlet.id, data, ...(dropped > 0 ? { dropped } : {}) } });
      dropped = sent ? 0 : dropped + 1;
    } catch (error) {
      if (CcproxyError.isInstance(error) && error.code === 'CCP_IPC_TOO_LARGE') dropped += 1;
      else failed.reject(error);
    }
  };
  await Promise.race([binding.handle(input, peer, send, signal), failed.promise, aborted(signal)]);
  return dropped;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
