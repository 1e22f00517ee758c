import { createStreamGrammar, SseDecoder } from '@ccproxy/wire';

/** Violations of the stream protocol in the text of an answer, as sentences; empty for a valid stream, ended or ended by an error event. */
export function checkStream(text: string | Buffer): string[] {
  const decoder = new SseDecoder();
  const grammar = createStreamGrammar();
  const events = [...decoder.push(Buffer.from(text)).events, ...decoder.end().events];
  const violations = events.flatMap((event) => grammar.push(event));
  return [...violations, ...grammar.end()].map(({ rule, message }) => `${rule}: ${message}`);
}
