/** Where and why a text stops being JSON; line and column count from 1. */
export interface JsonErrorPosition {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const literalOrNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** Finds the first error of a text that JSON.parse refused. Iterative, so depth does not matter. */
export function findJsonError(text: string): JsonErrorPosition {
  const offset = new JsonScanner(text).errorOffset();
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const found =
    text.at(offset) === undefined ? 'unexpected end' : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}`;
  return { line, column, message: `not valid JSON: ${found} at line ${line}, column ${column}` };
}

/** Walks a JSON text with an explicit stack of what may come next and stops where nothing fits. */
class JsonScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  errorOffset(): number {
    const closers: string[] = [];
    let expect: 'value' | 'first' | 'key' | 'after' = 'value';
    for (;;) {
      this.#skipSpace();
      const char = this.#text.charAt(this.#at);
      if (expect === 'after') {
        if (closers.length === 0) return this.#at;
        if (char === closers.at(-1)) closers.pop();
        else if (char === ',') expect = closers.at(-1) === '}' ? 'key' : 'value';
        else return this.#at;
        this.#at++;
      } else if (expect === 'first' && char === closers.at(-1)) {
        closers.pop();
        this.#at++;
        expect = 'after';
      } else if (expect === 'key' || (expect === 'first' && closers.at(-1) === '}')) {
        if (!this.#string() || !this.#colon()) return this.#at;
        expect = 'value';
      } else if (char === '{' || char === '[') {
        closers.push(char === '{' ? '}' : ']');
        this.#at++;
        expect = 'first';
      } else {
        if (!(char === '"' ? this.#string() : this.#match(literalOrNumber))) return this.#at;
        expect = 'after';
      }
    }
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at++;
  }

  #string(): boolean {
    if (this.#text.charAt(this.#at) !== '"') return false;
    this.#at++;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) {
        this.#at++;
        return true;
      }
      // Control characters are not allowed in strings; past the end the code is NaN.
      if (code === 0x5c ? !this.#match(escapeSequence) : !(code >= 0x20)) return false;
      if (code !== 0x5c) this.#at++;
    }
  }

  #colon(): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#at) !== ':') return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}
