import type { HeaderFields, ProviderCall, ProviderSink } from './provider.js';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** A JSON answer that needs no provider: the sink gets it in the next microtask, unless the call is aborted before. */
export function answeredCall(status: number, body: string, sink: ProviderSink): ProviderCall {
  let aborted = false;
  queueMicrotask(() => {
    sendWhole(sink, { status, headers: json, body }, () => aborted);
  });
  return {
    pause() {},
    resume() {},
    abort() {
      aborted = true;
    },
  };
}

/** An answer that is known as a whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: string;
}

/** Gives a sink head, body and end of an answer; nothing more once `aborted` says that the call was aborted in between. */
export function sendWhole(sink: ProviderSink, { status, headers, body }: WholeAnswer, aborted: () => boolean): void {
  const bytes = Buffer.from(body);
  if (aborted()) return;
  sink.onHead(status, { ...headers, 'content-length': String(bytes.length) });
  if (aborted()) return;
  sink.onData(bytes);
  if (!aborted()) sink.onEnd();
}
