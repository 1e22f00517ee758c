import type { z } from 'zod';

/** `read` looks, `write` changes or stops something. Both need the token of `run/token`. */
export type IpcPermission = 'read' | 'write';

/**
 * What a client needs to know of a method or stream at run time: its name. The types travel along without a schema, so
 * that a program that only calls loads no validator. `types` never has a value.
 */
export interface IpcName<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** A method of the control channel: its name and the shapes that cross it. */
export interface IpcMethod<Input = unknown, Output = unknown> extends IpcName<Input, Output> {
  /** Time the handler has, ms; the server's `callMs` when absent. */
  readonly timeoutMs?: number;
  readonly permission: IpcPermission;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
}

/** A subscription: one call, many events, until either side ends it. */
export interface IpcStream<Input = unknown, Event = unknown> extends IpcName<Input, Event> {
  readonly permission: IpcPermission;
  readonly input: z.ZodType<Input>;
  readonly event: z.ZodType<Event>;
}

/** Who calls: told by the handshake, alive as long as its connection. */
export interface IpcPeer {
  readonly connectionId: string;
  /** Program name and pid the peer gave; information, never authority. */
  readonly client: string;
  readonly pid: number;
  /** Runs once when the connection ends, for whatever reason: this is what makes it a lease. */
  onClose(fn: () => void): void;
  /** From now on the connection may be silent for as long as it likes: it holds a lease, and a stopped or sleeping process cannot beat. */
  keep(): void;
}

/** What the daemon runs for a method or a stream. */
export type IpcBinding =
  | { readonly kind: 'method'; readonly method: IpcMethod; handle(input: unknown, peer: IpcPeer): Promise<unknown> }
  | {
      readonly kind: 'stream';
      readonly stream: IpcStream;
      handle(input: unknown, peer: IpcPeer, send: (event: unknown) => void, signal: AbortSignal): Promise<void>;
    };

/** Names a method; types are inferred from the schemas. */
export const defineMethod = <Input, Output>(method: IpcMethod<Input, Output>): IpcMethod<Input, Output> => method;
export const defineStream = <Input, Event>(stream: IpcStream<Input, Event>): IpcStream<Input, Event> => stream;

/** Binds a typed handler; input is parsed before it is called. */
export const bindMethod = <Input, Output>(
  method: IpcMethod<Input, Output>,
  handle: (input: Input, peer: IpcPeer) => Promise<Output>,
): IpcBinding => ({
  kind: 'method',
  method: method as unknown as IpcMethod,
  handle: (input, peer) => handle(input as Input, peer),
});
export const bindStream = <Input, Event>(
  stream: IpcStream<Input, Event>,
  handle: (input: Input, peer: IpcPeer, send: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): IpcBinding => ({
  kind: 'stream',
  stream: stream as unknown as IpcStream,
  handle: (input, peer, send, signal) => handle(input as Input, peer, send, signal),
});
