import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields, Provider, ProviderCall, ProviderRequest } from '../provider.js';

/** Everything a sink received, and the order. */
export interface Collected {
  readonly call: ProviderCall;
  status: number | undefined;
  headers: HeaderFields;
  readonly chunks: Buffer[];
  error: CcproxyError | undefined;
  /** `head`, `data`, `end`, `error` as they came. */
  readonly order: string[];
  /** Settles with `onEnd` or `onError`. */
  readonly settled: Promise<void>;
  /** Settles with the first `onHead`, or when the call ends without one. */
  readonly head: Promise<void>;
  readonly text: () => string;
}

/** Starts a call and collects what it gives; `onChunk` sees each chunk after it was kept. */
export function collect(provider: Provider, request: ProviderRequest, onChunk: (collected: Collected) => void = () => {}): Collected {
  const settled = Promise.withResolvers<void>();
  const head = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  const order: string[] = [];
  const end = (kind: string): void => {
    order.push(kind);
    head.resolve();
    settled.resolve();
  };
  const collected: Collected = {
    status: undefined,
    headers: {},
    chunks,
    error: undefined,
    order,
    settled: settled.promise,
    head: head.promise,
    text: () => Buffer.concat(chunks).toString('utf8'),
    call: provider.call(request, {
      onHead(status, headers) {
        collected.status = status;
        collected.headers = headers;
        order.push('head');
        head.resolve();
      },
      onData(chunk) {
        chunks.push(chunk);
        order.push('data');
        onChunk(collected);
      },
      onEnd: () => end('end'),
      onError(error) {
        collected.error = error;
        end('error');
      },
    }),
  };
  return collected;
}
