import { createLineReader, type LineReader } from './line-reader.js';

export interface EventReaderOptions {
  /** `sse`: server-sent events; `ndjson`: one JSON text per line. */
  readonly framing: 'sse' | 'ndjson';
  /** Called for each event; `name` is `message` where the stream gave none. */
  readonly onEvent: (data: string, name: string) => void;
  /** Longest line, in characters. */
  readonly maxLine: number;
}

/** Cuts the bytes of an answer into events, in whatever chunks they come (translation.md rows 118, 119). */
export const createEventReader = ({ framing, onEvent, maxLine }: EventReaderOptions): LineReader =>
  framing === 'sse' ? createSseReader(onEvent, maxLine) : createLineReader({ maxLine, onLine: ndjsonLine(onEvent) });

const ndjsonLine = (onEvent: EventReaderOptions['onEvent']) => (line: string) => {
  if (line.trim() !== '') onEvent(line, 'message');
};

/** Unlike the specification, an event without its final blank line counts: providers leave it out. */
function createSseReader(onEvent: EventReaderOptions['onEvent'], maxLine: number): LineReader {
  let data: string | undefined;
  let name = 'message';
  const dispatch = (): void => {
    // Some servers keep a connection awake with events of nothing.
    if (data !== undefined && data !== '') onEvent(data, name);
    data = undefined;
    name = 'message';
  };
  const take = (value: string): void => {
    // One event is bounded like one line.
    if (data === undefined) data = value;
    else if (data.length + value.length < maxLine) data = `${data}\n${value}`;
  };
  const lines = createLineReader({
    maxLine,
    onLine(line) {
      if (line === '') dispatch();
      else if (line.startsWith('data:')) take(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
      else if (line.startsWith('event:')) name = line.slice(line.charCodeAt(6) === 32 ? 7 : 6);
    },
  });
  return {
    push: (chunk) => lines.push(chunk),
    end() {
      const ok = lines.end();
      dispatch();
      return ok;
    },
  };
}
