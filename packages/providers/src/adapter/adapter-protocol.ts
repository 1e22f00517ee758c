import type { AdapterRequest, AdapterSetup } from './provider-adapter.js';

/** What the thread of an adapter is started with. */
export interface AdapterData extends Pick<AdapterSetup, 'name' | 'options' | 'egress' | 'timeouts'> {
  /** URL of the user's file. */
  readonly url: string;
}

/** To the thread. */
export type AdapterOrder =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly request: Omit<AdapterRequest, 'body'> & { readonly body: Uint8Array | undefined };
    }
  /** The reader took so many bytes: as many more may come. */
  | { readonly kind: 'taken'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' };

/** What became of one call. */
export type AdapterNews =
  | {
      readonly kind: 'head';
      readonly id: number;
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[]>>;
      readonly dropped: readonly string[];
    }
  | { readonly kind: 'data'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string | undefined; readonly message: string };

/** From the thread. */
export type AdapterReply =
  | AdapterNews
  | { readonly kind: 'ready'; readonly signsThinking: boolean }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string; readonly fields: string }
  | { readonly kind: 'secret'; readonly value: string }
  | { readonly kind: 'report'; readonly reason: string | undefined }
  | { readonly kind: 'pong' }
  | { readonly kind: 'closed' };
