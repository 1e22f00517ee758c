import type { WireError } from './wire-error.js';

/** Major version of the control protocol. Client and daemon must agree on it; everything else is negotiated by schema. */
export const IPC_PROTOCOL = 1;

/** One message as it crosses the channel; on a socket it is written `JSON.stringify({type,data})` and a form feed. */
export interface Frame {
  readonly type: string;
  readonly data: unknown;
}

/** The first frame of every connection. */
export interface Hello {
  readonly protocol: number;
  /** The content of `run/token`. */
  readonly token: string;
  /** Program name, for `status` and logs; information, never authority. */
  readonly client: string;
  readonly pid: number;
  readonly version: string;
}

/** The answer to a good hello. */
export interface Welcome {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly connectionId: string;
}

/** What a client may send. */
export type ClientFrame =
  | { readonly type: 'hello'; readonly data: Hello }
  | { readonly type: 'call'; readonly data: { readonly id: number; readonly method: string; readonly params?: unknown } }
  | { readonly type: 'open'; readonly data: { readonly id: number; readonly stream: string; readonly params?: unknown } }
  | { readonly type: 'cancel'; readonly data: { readonly id: number } }
  | { readonly type: 'beat'; readonly data: object };

/** What a server may send. `dropped` counts the events a slow client lost since the last one it got. */
export type ServerFrame =
  | { readonly type: 'welcome'; readonly data: Welcome }
  | { readonly type: 'result'; readonly data: { readonly id: number; readonly ok: true; readonly value: unknown } }
  | { readonly type: 'result'; readonly data: { readonly id: number; readonly ok: false; readonly error: WireError } }
  | { readonly type: 'event'; readonly data: { readonly id: number; readonly data: unknown; readonly dropped?: number } }
  | { readonly type: 'end'; readonly data: { readonly id: number; readonly error?: WireError; readonly dropped?: number } }
  | { readonly type: 'beat'; readonly data: object }
  | { readonly type: 'refused'; readonly data: { readonly error: WireError } };
