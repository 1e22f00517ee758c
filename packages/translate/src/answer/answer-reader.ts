/** Reads the answers of one wire API into a sink. One is made per answer. */
export interface AnswerReader {
  /** The next event of a stream: its data, and its name (`message` where it has none). */
  event(data: string, name: string): void;
  /** The whole of an answer that is not streamed: what its JSON says. */
  body(value: unknown): void;
  /** The stream ended cleanly: finishes the sink when the answer is whole. What is not finished then is an error. */
  end(): void;
}
