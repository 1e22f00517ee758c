import type { CcproxyError } from '@ccproxy/kernel';
import type { ProviderCall, ProviderSink } from './provider.js';

/** A call that never reaches the network: the sink gets `error` in the next microtask, unless the call is aborted before. */
export function failedCall(error: CcproxyError, sink: ProviderSink): ProviderCall {
  let aborted = false;
  queueMicrotask(() => {
    if (!aborted) sink.onError(error);
  });
  return {
    pause() {},
    resume() {},
    abort() {
      aborted = true;
    },
  };
}
