import { parseJsonObject } from '@ccproxy/wire';
import { JsonPrefix } from './json-prefix.js';
import { repairJson } from './repair-json.js';

/** Marks arguments the model could not finish, so that a tool that checks its input refuses them (row 88). */
const truncationMark = '"__truncated":true';
const emptyObject = /^\s*\{\s*\}\s*$/;
const longestEmpty = 64;

/**
 * The arguments of one tool call while they come in. Only what is certainly the beginning of the final JSON is given out;
 * repeated and cumulative deliveries are told apart from continuations (rows 73-75). Appending costs what the piece
 * costs, however long the whole is.
 */
export class ToolInput {
  #text = '';
  #prefix = new JsonPrefix();
  /** How much of the text is legal JSON from its start. */
  #legal = 0;
  /** The legal part that was not given out. */
  #pending = '';
  #given = 0;
  /** The provider sends with each piece all of those before. */
  #cumulative = false;

  /** Takes the next piece as the provider sent it. */
  add(piece: string): void {
    const fresh = this.#continuation(piece);
    if (fresh === '') return;
    const unbroken = this.#legal === this.#text.length;
    this.#text += fresh;
    if (!unbroken) return;
    const legal = this.#prefix.push(fresh);
    this.#legal += legal;
    this.#pending += legal === fresh.length ? fresh : fresh.slice(0, legal);
  }

  /** Whether the object is closed, as far as it is known. */
  get complete(): boolean {
    return this.#prefix.complete && this.#legal === this.#text.length;
  }

  /** What can be passed on now and was not yet. */
  take(): string {
    const certain = this.#certain();
    const piece = this.#pending.slice(0, certain);
    this.#pending = this.#pending.slice(certain);
    this.#given += certain;
    return piece;
  }

  /**
   * The rest, so that all that was given is one JSON object; undefined when it cannot be. Forgets the text.
   * `cut`: the model ran out of tokens.
   */
  finish(cut: boolean): string | undefined {
    const given = this.#text.slice(0, this.#given).trimStart();
    const whole = cut && !this.complete && this.#legal === this.#text.length ? this.#closed() : this.#whole();
    this.#text = '';
    this.#pending = '';
    return whole?.startsWith(given) === true ? whole.slice(given.length) : undefined;
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
    if (this.#text === '' || (this.#text.length > longestEmpty && piece.length < this.#text.length)) return piece;
    if (this.#isPlaceholder() && piece.trimStart().startsWith('{')) {
      this.#text = '';
      this.#legal = 0;
      this.#pending = '';
      this.#prefix = new JsonPrefix();
      return piece;
    }
    // An object hardly ever can go on with its own beginning: then it is a repetition, not a continuation. Once a provider
    // has repeated itself, it does so always.
    const repeats = piece.length >= this.#text.length && piece.trimStart().startsWith('{') && piece.startsWith(this.#text);
    if (!repeats || (!this.#cumulative && this.#prefix.accepts(piece))) return piece;
    this.#cumulative = true;
    return piece.slice(this.#text.length);
  }

  /** `{}`, of which nothing was given out: perhaps all there is, perhaps only a beginning. */
  #isPlaceholder(): boolean {
    return this.#given === 0 && this.#text.length <= longestEmpty && this.complete && emptyObject.test(this.#text);
  }

  /** How much of what is pending cannot change any more: a comma may have to go, an escape may turn out to be none. */
  #certain(): number {
    if (this.#isPlaceholder()) return 0;
    if (this.#prefix.inEscape) return this.#pending.lastIndexOf('\\');
    return this.#prefix.afterComma ? this.#pending.lastIndexOf(',') : this.#pending.length;
  }
}
