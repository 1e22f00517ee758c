export interface ContextWish {
  /** Estimated tokens of the prompt. */
  readonly prompt: number;
  /** Tokens the answer may have. */
  readonly answer: number | undefined;
  /** Tokens the model's window has; undefined when nobody said. */
  readonly most: number | undefined;
}

const smallest = 8192;
const largest = 1_048_576;
/** Room for an answer. More stays free by the rounding, and a client's bound (32,000) says little about the answer. */
const roomForAnswer = 8192;
/** The estimate is one: a prompt that does not fit is an error. */
const slack = 1.15;

/**
 * `num_ctx` for a request: the next power of two that holds prompt and answer, never more than the model has. Ollama's own
 * default (4096 on small machines) would cut the prompt of any agent. Powers of two, as each new size makes Ollama load
 * the model again.
 */
export function contextSize({ prompt, answer, most = largest }: ContextWish): number {
  const needed = Math.ceil(prompt * slack) + Math.min(answer ?? roomForAnswer, roomForAnswer);
  let size = smallest;
  while (size < needed && size < largest) size *= 2;
  return Math.min(size, most);
}
