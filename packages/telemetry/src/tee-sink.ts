import type { LogSink } from './log-sink.js';

/** One sink that writes to several. Its file and its live lines are those of the first; each redacts for itself. */
export function teeSink(first: LogSink, ...others: readonly LogSink[]): LogSink {
  const all = [first, ...others];
  return {
    file: first.file,
    get dropped() {
      return all.reduce((sum, sink) => sum + sink.dropped, 0);
    },
    write(line) {
      for (const sink of all) sink.write(line);
    },
    subscribe: (listener) => first.subscribe(listener),
    flush: async () => void (await Promise.all(all.map((sink) => sink.flush()))),
    flushSync() {
      for (const sink of all) sink.flushSync();
    },
    close: async () => void (await Promise.all(all.map((sink) => sink.close()))),
  };
}
