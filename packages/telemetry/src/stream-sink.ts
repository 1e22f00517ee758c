import type { Redactor } from '@ccproxy/kernel';
import { LiveLines } from './live-lines.js';
import type { LogSink } from './log-sink.js';
import { escapeUnprintable } from './printable.js';

/** The part of a writable stream a sink needs. */
export interface TextStream {
  write(text: string): unknown;
  readonly writableLength?: number;
}

/** Most bytes a reader that does not read may leave waiting. */
const maxPending = 4 * 1024 * 1024;

/** A sink over a stream (stderr in the foreground): redacted as a file is; lines are dropped and counted while the reader is too far behind. */
export function createStreamSink(stream: TextStream, redactor: Redactor): LogSink {
  const live = new LiveLines();
  let dropped = 0;
  let closed = false;
  return {
    file: undefined,
    get dropped() {
      return dropped;
    },
    write(line) {
      const text = escapeUnprintable(redactor.redact(line.endsWith('\n') ? line.slice(0, -1) : line));
      live.publish(text);
      if (closed || (stream.writableLength ?? 0) > maxPending) dropped++;
      else stream.write(`${text}\n`);
    },
    subscribe: (listener) => live.subscribe(listener),
    flush: async () => {},
    flushSync() {},
    async close() {
      closed = true;
      live.clear();
    },
  };
}
