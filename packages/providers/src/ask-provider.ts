import type { CcproxyError } from '@ccproxy/kernel';
import type { JsonObject } from '@ccproxy/wire';
import { BoundedBody } from './translated/bounded-body.js';
import { readObject } from './translated/read-object.js';
import { errors } from './errors.js';
import type { Provider, ProviderRequest } from './provider.js';

/** Longest document that is read, bytes. */
const LARGEST = 4 * 1024 * 1024;

/** A document a provider answered with. */
export interface AskedAnswer {
  readonly status: number;
  /** undefined: it is no JSON object. */
  readonly body: JsonObject | undefined;
}

/**
 * Asks a provider something whose answer is a document, and waits for it. Rejects with the coded error of the call,
 * CCP_UPSTREAM_TOO_LARGE, or the reason of `signal`; the call is aborted then.
 */
export function askProvider(provider: Provider, request: ProviderRequest, signal: AbortSignal): Promise<AskedAnswer> {
  return new Promise((resolve, reject: (reason: CcproxyError | Error) => void) => {
    signal.throwIfAborted();
    const body = new BoundedBody(LARGEST);
    let status = 0;
    const call = provider.call(request, {
      onHead: (head) => {
        status = head;
      },
      onData: (chunk) => {
        if (body.push(chunk)) return;
        call.abort();
        signal.removeEventListener('abort', abort);
        reject(errors.CCP_UPSTREAM_TOO_LARGE({ message: `provider "${provider.name}" sent more than ${LARGEST} bytes` }));
      },
      onEnd: () => {
        signal.removeEventListener('abort', abort);
        resolve({ status, body: readObject(body.take()) });
      },
      onError: (error) => {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    });
    const abort = (): void => {
      call.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
