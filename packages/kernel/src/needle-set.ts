import { GramTable } from './gram-table.js';

/** Replaces any of many exact strings, each at least 4 characters; a text without any costs one cheap pass. */
export class NeedleSet {
  readonly #pattern: RegExp | undefined;
  readonly #table: GramTable;

  constructor(needles: Iterable<string>) {
    // Longest first: where two begin at one place, the whole of the longer goes.
    const sorted = [...needles].sort((a, b) => b.length - a.length);
    this.#pattern = sorted.length === 0 ? undefined : new RegExp(sorted.map(escapeForRegExp).join('|'), 'g');
    this.#table = new GramTable(sorted.at(-1)?.length ?? 0, sorted.length);
    for (const needle of sorted) for (let i = 0; i < this.#table.step; i++) this.#table.add(...groupAt(needle, i));
  }

  /** The text with every needle replaced. */
  replace(text: string, replacement: string): string {
    return this.#pattern !== undefined && this.#mayHold(text) ? text.replace(this.#pattern, replacement) : text;
  }

  #mayHold(text: string): boolean {
    const table = this.#table;
    for (let i = 0; i + 4 <= text.length; i += table.step) {
      if (table.has(text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2), text.charCodeAt(i + 3))) return true;
    }
    return false;
  }
}

function groupAt(text: string, at: number): [number, number, number, number] {
  return [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
