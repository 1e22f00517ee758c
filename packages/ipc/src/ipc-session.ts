import { asCcproxyError, type CcproxyError, type Clock, kernelErrors, type Logger, type Timer } from '@ccproxy/kernel';
import { admit, type Admission } from './admit.js';
import type { BindingTable } from './binding-table.js';
import { parseClientFrame } from './client-frame.js';
import { type ClientFrame, type Frame, type Hello, IPC_PROTOCOL, type ServerFrame } from './envelope.js';
import { errors } from './errors.js';
import type { FrameViolation } from './frame-codec.js';
import type { IpcLimits } from './ipc-limits.js';
import type { ConnectionHandlers, TransportConnection } from './ipc-transport.js';
import { createPeer, type SessionPeer } from './session-peer.js';
import { runCall } from './run-call.js';
import { runStream } from './run-stream.js';
import { toWireError } from './wire-error.js';

/** What all sessions of a server share. */
export interface SessionContext {
  readonly admission: Admission;
  readonly table: BindingTable;
  readonly limits: IpcLimits;
  readonly pid: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

const violations: Readonly<Record<FrameViolation, string>> = {
  'not-json': 'The frame is not JSON.',
  'not-a-frame': 'The frame is not an object with a type.',
  'too-large': 'The frame is over the size limit.',
  incomplete: 'The frame was not completed in time.',
};

/** One client from its connection to its end. Nothing it sends, and nothing a handler does, leaves this object as an exception. */
export class IpcSession implements ConnectionHandlers {
  readonly id: string;
  readonly #connection: TransportConnection;
  readonly #context: SessionContext;
  readonly #calls = new Set<number>();
  readonly #streams = new Map<number, AbortController>();
  readonly #onEnd: (session: IpcSession) => void;
  #peer: SessionPeer | undefined;
  #helloTimer: Timer | undefined;
  #idleTimer: Timer | undefined;
  #lastFrame: number;

  constructor(id: string, connection: TransportConnection, context: SessionContext, onEnd: (session: IpcSession) => void) {
    this.id = id;
    this.#connection = connection;
    this.#context = context;
    this.#onEnd = onEnd;
    this.#lastFrame = context.clock.monotonic();
    const { helloMs } = context.limits;
    this.#helloTimer = context.clock.setTimeout(
      () => this.#refuse(errors.CCP_IPC_UNAUTHORIZED({ message: `No hello within ${helloMs} ms.` })),
      helloMs,
      { unref: true },
    );
    connection.handle(this);
  }

  /** Who is connected; undefined until the hello was accepted. */
  get peer(): SessionPeer | undefined {
    return this.#peer;
  }

  close(): void {
    this.#connection.close();
  }

  onFrame(frame: Frame): void {
    this.#lastFrame = this.#context.clock.monotonic();
    try {
      if (this.#peer === undefined) this.#welcome(admit(frame, this.#context.admission));
      else this.#dispatch(frame, this.#peer);
    } catch (error) {
      this.#refuse(asCcproxyError(error));
    }
  }

  onViolation(violation: FrameViolation): void {
    this.#refuse(errors.CCP_IPC_BAD_FRAME({ message: violations[violation] }));
  }

  onClose(): void {
    this.#helloTimer?.clear();
    this.#idleTimer?.clear();
    for (const stream of this.#streams.values()) stream.abort();
    this.#streams.clear();
    this.#peer?.closed();
    this.#onEnd(this);
  }

  #welcome(hello: Hello): void {
    this.#helloTimer?.clear();
    const { admission, pid, clock, logger } = this.#context;
    this.#peer = createPeer(this.id, hello, clock.now(), logger);
    this.#watchIdle();
    this.#send({ type: 'welcome', data: { protocol: IPC_PROTOCOL, version: admission.version, pid, connectionId: this.id } });
  }

  #watchIdle(): void {
    const { clock, limits } = this.#context;
    if (this.#peer?.kept() === true) return;
    const left = limits.idleMs - (clock.monotonic() - this.#lastFrame);
    if (left <= 0) this.close();
    else this.#idleTimer = clock.setTimeout(() => this.#watchIdle(), left, { unref: true });
  }

  #dispatch(frame: Frame, peer: SessionPeer): void {
    const parsed = parseClientFrame(frame);
    switch (parsed?.type) {
      case 'beat':
        this.#send({ type: 'beat', data: {} });
        return;
      case 'cancel':
        this.#streams.get(parsed.data.id)?.abort();
        return;
      case 'call':
        void this.#call(parsed.data, peer);
        return;
      case 'open':
        void this.#open(parsed.data, peer);
        return;
      default:
        throw errors.CCP_IPC_BAD_FRAME({ message: `A ${JSON.stringify(frame.type)} frame of this shape is not part of the protocol.` });
    }
  }

  async #call({ id, method, params }: Extract<ClientFrame, { type: 'call' }>['data'], peer: SessionPeer): Promise<void> {
    const { limits, table, clock } = this.#context;
    try {
      this.#reserve(id, this.#calls.size, limits.calls, 'calls');
      this.#calls.add(id);
    } catch (error) {
      this.#refuseCall(id, method, error);
      return;
    }
    try {
      const value = await runCall(table.find('method', method), params, peer, clock, limits.callMs);
      this.#send({ type: 'result', data: { id, ok: true, value } });
    } catch (error) {
      this.#refuseCall(id, method, error);
    } finally {
      this.#calls.delete(id);
    }
  }

  #refuseCall(id: number, method: string, error: unknown): void {
    this.#send({ type: 'result', data: { id, ok: false, error: toWireError(this.#coded(error, method)) } });
  }

  async #open({ id, stream, params }: Extract<ClientFrame, { type: 'open' }>['data'], peer: SessionPeer): Promise<void> {
    const { limits, table } = this.#context;
    const controller = new AbortController();
    try {
      this.#reserve(id, this.#streams.size, limits.streams, 'streams');
    } catch (error) {
      this.#send({ type: 'end', data: { id, error: toWireError(this.#coded(error, stream)) } });
      return;
    }
    this.#streams.set(id, controller);
    const outlet = {
      id,
      congested: () => this.#connection.pendingBytes > limits.streamBytes,
      send: (frame: ServerFrame) => this.#connection.send(frame),
    };
    try {
      const dropped = await runStream(table.find('stream', stream), params, peer, outlet, controller.signal);
      this.#send({ type: 'end', data: { id, ...(dropped > 0 ? { dropped } : {}) } });
    } catch (error) {
      this.#send({ type: 'end', data: { id, error: toWireError(this.#coded(error, stream)) } });
    } finally {
      controller.abort();
      this.#streams.delete(id);
    }
  }

  #reserve(id: number, open: number, most: number, what: string): void {
    if (this.#calls.has(id) || this.#streams.has(id)) throw errors.CCP_IPC_BAD_FRAME({ message: `The id ${id} is already in use.` });
    if (open >= most) throw errors.CCP_IPC_BUSY({ message: `${open} ${what} are open on this connection already.` });
  }

  /** What the client is told; what is not a coded error is a bug, and its particulars stay in the log. */
  #coded(thrown: unknown, name: string): CcproxyError {
    const error = asCcproxyError(thrown);
    if (error.code !== 'CCP_INTERNAL') return error;
    this.#context.logger.error({ err: thrown, method: name }, 'a control handler failed');
    return kernelErrors.CCP_INTERNAL({ message: `The daemon failed on ${name}; its log says why.` });
  }

  /** Sends what fits; an answer that does not becomes an error that says so. */
  #send(frame: ServerFrame): void {
    try {
      this.#connection.send(frame);
    } catch (error) {
      if (frame.type !== 'result') this.#refuse(this.#coded(error, frame.type));
      else
        this.#connection.send({ type: 'result', data: { id: frame.data.id, ok: false, error: toWireError(this.#coded(error, 'result')) } });
    }
  }

  #refuse(error: CcproxyError): void {
    this.#context.logger.warn({ code: error.code, client: this.#peer?.client, pid: this.#peer?.pid }, 'a control connection was refused');
    const refusal: ServerFrame = { type: 'refused', data: { error: toWireError(error) } };
    this.#connection.send(refusal);
    this.close();
  }
}
