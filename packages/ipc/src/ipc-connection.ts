import type { CcproxyError, Clock, Timer } from '@ccproxy/kernel';
import type { Frame, Welcome } from './envelope.js';
import { errors } from './errors.js';
import type { IpcName } from './ipc-method.js';
import type { TransportConnection } from './ipc-transport.js';
import { fromWireError } from './wire-error.js';

/** A subscription as its reader holds it. */
export interface IpcSubscription {
  /** Resolves when the daemon or `cancel` ended it; rejects with the daemon's error or `CCP_IPC_CLOSED`. */
  readonly ended: Promise<void>;
  cancel(): void;
}

/** A client's end of the control channel. */
export interface IpcConnection {
  /** Who answered the hello. */
  readonly server: Welcome;
  readonly closed: boolean;
  /**
   * Calls a method. Rejects with the daemon's coded error, `CCP_IPC_TIMEOUT` after `timeoutMs` (65 s when absent:
   * the daemon's own limits come first), `CCP_IPC_CLOSED`, or `CCP_IPC_TOO_LARGE`.
   */
  call<Input, Output>(method: IpcName<Input, Output>, input: NoInfer<Input>, options?: { readonly timeoutMs?: number }): Promise<Output>;
  /** Opens a stream. `dropped` is the number of events lost right before this one because this side was too slow. */
  open<Input, Event>(
    stream: IpcName<Input, Event>,
    input: NoInfer<Input>,
    onEvent: (event: Event, dropped: number) => void,
  ): IpcSubscription;
  /** Runs once when the connection ended, whoever ended it; the error when the daemon said why. */
  onClose(listener: (error: CcproxyError | undefined) => void): void;
  /** Ends the connection, and with it leases and streams. Resolves when it is closed. */
  close(): Promise<void>;
}

const BEAT_MS = 60_000;
const CALL_MS = 65_000;

/** An exchange the daemon still has to finish. */
interface Pending {
  event(data: unknown, dropped: number): void;
  done(value: unknown, dropped: number): void;
  failed(error: CcproxyError): void;
}

/** The connection over an accepted transport connection. It beats every minute as long as it is open, without keeping the process alive. */
export function createIpcConnection(connection: TransportConnection, server: Welcome, clock: Clock): IpcConnection {
  return new ClientConnection(connection, server, clock);
}

class ClientConnection implements IpcConnection {
  readonly server: Welcome;
  readonly #connection: TransportConnection;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  readonly #closed = Promise.withResolvers<void>();
  #listeners: ((error: CcproxyError | undefined) => void)[] = [];
  #ended = false;
  #reason: CcproxyError | undefined;
  #beat: Timer | undefined;
  #lastId = 0;

  constructor(connection: TransportConnection, server: Welcome, clock: Clock) {
    this.server = server;
    this.#connection = connection;
    this.#clock = clock;
    this.#scheduleBeat();
    connection.handle({
      onFrame: (frame) => this.#receive(frame),
      onViolation: () => this.#fail(errors.CCP_IPC_BAD_FRAME({ message: 'The daemon sent something that is not part of the protocol.' })),
      onClose: () => this.#finish(),
    });
  }

  get closed(): boolean {
    return this.#ended;
  }

  call<Input, Output>(method: IpcName<Input, Output>, input: NoInfer<Input>, options?: { readonly timeoutMs?: number }): Promise<Output> {
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    const ms = options?.timeoutMs ?? CALL_MS;
    const id = this.#begin({ event: () => {}, done: (value) => resolve(value as Output), failed: reject });
    const timer = this.#clock.setTimeout(() => {
      this.#pending.delete(id);
      reject(errors.CCP_IPC_TIMEOUT({ message: `The daemon did not answer ${method.name} within ${ms} ms.`, details: { ms } }));
    }, ms);
    this.#request(id, { type: 'call', data: { id, method: method.name, params: input } });
    return promise.finally(() => timer.clear());
  }

  open<Input, Event>(
    stream: IpcName<Input, Event>,
    input: NoInfer<Input>,
    onEvent: (event: Event, dropped: number) => void,
  ): IpcSubscription {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever does not look at `ended` learns of the end by `onClose`; it is no unhandled rejection.
    promise.catch(() => {});
    const cancel = (): void => {
      if (this.#pending.has(id)) this.#connection.send({ type: 'cancel', data: { id } });
    };
    const event = (data: unknown, dropped: number): void => {
      try {
        onEvent(data as Event, dropped);
      } catch (error) {
        reject(error); // a reader that throws ends its own stream, not the process
        cancel();
      }
    };
    const id = this.#begin({ event, done: () => resolve(), failed: reject });
    this.#request(id, { type: 'open', data: { id, stream: stream.name, params: input } });
    return { ended: promise, cancel };
  }

  onClose(listener: (error: CcproxyError | undefined) => void): void {
    if (this.#ended) listener(this.#reason);
    else this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#connection.close();
    await this.#closed.promise;
  }

  #receive(frame: Frame): void {
    const data = (frame.data ?? {}) as { id?: unknown; ok?: unknown; value?: unknown; data?: unknown; dropped?: unknown; error?: unknown };
    const dropped = typeof data.dropped === 'number' ? data.dropped : 0;
    if (frame.type === 'refused') {
      this.#fail(fromWireError(data.error));
      return;
    }
    const pending = typeof data.id === 'number' ? this.#pending.get(data.id) : undefined;
    if (pending === undefined || typeof data.id !== 'number') return; // a beat, or the answer to a call that timed out
    if (frame.type === 'event') {
      pending.event(data.data, dropped);
      return;
    }
    this.#pending.delete(data.id);
    if (data.ok === true || (frame.type === 'end' && data.error === undefined)) pending.done(data.value, dropped);
    else pending.failed(fromWireError(data.error) ?? errors.CCP_IPC_BAD_FRAME({ message: 'The daemon sent an error without a code.' }));
  }

  #fail(reason: CcproxyError | undefined): void {
    this.#reason = reason;
    this.#connection.close();
  }

  #finish(): void {
    this.#ended = true;
    this.#beat?.clear();
    for (const pending of this.#pending.values()) pending.failed(this.#closedError());
    this.#pending.clear();
    for (const listener of this.#listeners) listener(this.#reason);
    this.#listeners = [];
    this.#closed.resolve();
  }

  #begin(pending: Pending): number {
    this.#lastId += 1;
    this.#pending.set(this.#lastId, pending);
    return this.#lastId;
  }

  #request(id: number, frame: Frame): void {
    const pending = this.#pending.get(id);
    try {
      if (this.#connection.send(frame)) return;
      pending?.failed(this.#closedError());
    } catch (error) {
      pending?.failed(error as CcproxyError);
    }
    this.#pending.delete(id);
  }

  #closedError(): CcproxyError {
    return this.#reason ?? errors.CCP_IPC_CLOSED({ message: 'The connection to the daemon is closed.' });
  }

  #scheduleBeat(): void {
    this.#beat = this.#clock.setTimeout(
      () => {
        this.#connection.send({ type: 'beat', data: {} });
        this.#scheduleBeat();
      },
      BEAT_MS,
      { unref: true },
    );
  }
}
