import { LruMap } from '@ccproxy/kernel';

/** Models whose window is remembered. */
const MODELS = 64;

/**
 * The context windows an Ollama server is asked for. It loads a model anew for each other size (docs.ollama.com/context-length), which
 * takes seconds to minutes: so the size a user set is taken from the start, and one that follows from the requests never shrinks again.
 */
export class OllamaWindow {
  readonly #sizes = new LruMap<string, number>({ maxEntries: MODELS });

  /**
   * `num_ctx` of a request, tokens.
   * @param needed what the request needs at least
   * @param certain the window the user set
   */
  size(model: string, needed: number, certain: number | undefined): number {
    if (certain !== undefined) return certain;
    const size = Math.max(needed, this.#sizes.get(model) ?? 0);
    this.#sizes.set(model, size);
    return size;
  }
}
