import { parseJsonObject } from '@ccproxy/wire';
import { JsonPrefix } from './json-prefix.js';
import { repairJson } from './repair-json.js';

/** Marks arguments the model could not finish, so that a tool that checks its input refuses them (row 88). */
const truncationMark = '"__truncated":true';

/**
 * The arguments of one tool call while they come in. Only what is certainly the beginning of the final JSON is given out;
 * repeated and cumulative deliveries are told apart from continuations (rows 73-75).
 */
export class ToolInput {
  #text = '';
  #prefix = new JsonPrefix();
  /** Characters that are legal JSON from the start. */
  #legal = 0;
  #given = 0;

  /** Takes the next piece as the provider sent it. */
  add(piece: string): void {
    const fresh = this.#continuation(piece);
    if (fresh === '') return;
    const unbroken = this.#legal === this.#text.length;
    this.#text += fresh;
    if (unbroken) this.#legal += this.#prefix.push(fresh);
  }

  /** Characters held. */
  get size(): number {
    return this.#text.length;
  }

  /** Whether the object is closed, as far as it is known. */
  get complete(): boolean {
    return this.#prefix.complete && this.#legal === this.#text.length;
  }

  /** What can be passed on now and was not yet. */
  take(): string {
    const end = this.#certain();
    if (end <= this.#given) return '';
    const piece = this.#text.slice(this.#given, end);
    this.#given = end;
    return piece;
  }

  /** The rest, so that all that was given is one JSON object; undefined when it cannot be. `cut`: the model ran out of tokens. */
  finish(cut: boolean): string | undefined {
    const given = this.#text.slice(0, this.#given);
    const whole = cut && !this.complete && this.#legal === this.#text.length ? this.#closed() : this.#whole();
    if (whole === undefined) return undefined;
    const start = given.trimStart();
    return whole.startsWith(start) ? whole.slice(start.length) : undefined;
  }

  #closed(): string {
    const text = this.#text.trimStart();
    return text === '' ? `{${truncationMark}}` : text + this.#prefix.closing(truncationMark);
  }

  #whole(): string | undefined {
    const text = this.#text.trim();
    return this.complete && parseJsonObject(text) !== undefined ? text : repairJson(text);
  }

  /** The part of a piece that is new: providers repeat what they already sent, or begin with a placeholder `{}`. */
  #continuation(piece: string): string {
    if (this.#text === '' || piece.length === 0) return piece;
    if (this.complete && this.#given === 0 && /^\s*\{\s*\}\s*$/.test(this.#text) && piece.trimStart().startsWith('{')) {
      this.#text = '';
      this.#legal = 0;
      this.#prefix = new JsonPrefix();
      return piece;
    }
    // No JSON object goes on with its own beginning, so this is a repetition and never a continuation.
    const repeats = piece.length >= this.#text.length && piece.trimStart().startsWith('{') && piece.startsWith(this.#text);
    return repeats ? piece.slice(this.#text.length) : piece;
  }

  /** Up to where nothing can change any more. */
  #certain(): number {
    if (this.complete && /^\s*\{\s*\}\s*$/.test(this.#text.slice(0, 64))) return this.#given;
    if (this.#prefix.inEscape) return this.#text.lastIndexOf('\\', this.#legal - 1);
    return this.#prefix.afterComma ? this.#text.lastIndexOf(',', this.#legal - 1) : this.#legal;
  }
}
