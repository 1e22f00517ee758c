/** What may come next in a JSON text that is read piece by piece. */
type Expect = 'start' | 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'comma' | 'done';

const maxDepth = 256;
const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const whitespace = /[ \t\r\n]/;

/**
 * Reads a JSON object piece by piece and tells how far it is legal, so that a piece can be passed on before the next one
 * comes and nothing illegal is. The grammar of numbers is checked loosely: whoever needs certainty parses the whole.
 */
export class JsonPrefix {
  #expect: Expect = 'start';
  /** Open containers, `{` or `[`. */
  #stack: string[] = [];
  #inString = false;
  #stringIsKey = false;
  #escape: '' | '\\' | 'u' = '';
  #hexLeft = 0;
  /** A literal or number that has begun. */
  #word = '';
  #pendingComma = false;
  #invalid = false;

  /** Whether the object is closed. */
  get complete(): boolean {
    return this.#expect === 'done' && !this.#invalid;
  }

  /** A comma was read and nothing since: it may have to go. */
  get afterComma(): boolean {
    return this.#pendingComma;
  }

  /** An escape in a string has begun and is not whole. */
  get inEscape(): boolean {
    return this.#escape !== '';
  }

  get expectsKey(): boolean {
    return !this.#inString && (this.#expect === 'key' || this.#expect === 'firstKey');
  }

  /** How many characters of `piece` are legal here; after fewer than all, nothing is legal any more. */
  push(piece: string): number {
    let at = 0;
    while (at < piece.length && !this.#invalid) {
      if (this.#inString) at = this.#readString(piece, at);
      else if (this.#readToken(piece.charAt(at))) {
        if (!whitespace.test(piece.charAt(at))) this.#pendingComma = piece.charAt(at) === ',';
        at += 1;
      } else this.#invalid = true;
    }
    return at;
  }

  /** Whether all of `piece` could come next. Reads nothing. */
  accepts(piece: string): boolean {
    const copy = new JsonPrefix();
    copy.#expect = this.#expect;
    copy.#stack = [...this.#stack];
    copy.#inString = this.#inString;
    copy.#stringIsKey = this.#stringIsKey;
    copy.#escape = this.#escape;
    copy.#hexLeft = this.#hexLeft;
    copy.#word = this.#word;
    copy.#invalid = this.#invalid;
    return copy.push(piece) === piece.length;
  }

  /** The text that closes what is open, values cut in the middle included; `extra` becomes a last member of the object. */
  closing(extra = ''): string {
    if (this.#invalid || this.#expect === 'start' || this.complete) return '';
    let text = this.#closeValue();
    const tail = this.#stack.slice(1).toReversed();
    for (const open of tail) text += open === '{' ? '}' : ']';
    if (extra === '') return `${text}}`;
    const empty = this.#stack.length === 1 && this.#expect === 'firstKey' && !this.#inString;
    const comma = this.#stack.length === 1 && this.#expect === 'key' && !this.#inString;
    return `${text}${empty || comma ? '' : ','}${extra}}`;
  }

  /** Ends the string, literal, number, key or member that is being read. After a comma: a `null` or a member takes its place. */
  #closeValue(): string {
    if (this.#inString) {
      const rest = this.#escape === 'u' ? '0'.repeat(this.#hexLeft) : this.#escape;
      return `${rest}"${this.#stringIsKey ? ':null' : ''}`;
    }
    if (this.#word !== '') {
      const literal = literals[this.#word.charAt(0)];
      return literal === undefined ? (/\d$/.test(this.#word) ? '' : '0') : literal.slice(this.#word.length);
    }
    if (this.#expect === 'colon') return ':null';
    if (this.#expect === 'value') return 'null';
    return this.#expect === 'key' && this.#stack.length > 1 ? '"":null' : '';
  }

  #readString(piece: string, from: number): number {
    let at = from;
    for (; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.#escape !== '') {
        if (!this.#readEscape(piece.charAt(at))) break;
      } else if (code === 0x22) {
        this.#inString = false;
        this.#expect = this.#stringIsKey ? 'colon' : 'comma';
        return at + 1;
      } else if (code === 0x5c) this.#escape = '\\';
      else if (code < 0x20) break;
    }
    if (at < piece.length) this.#invalid = true;
    return at;
  }

  #readEscape(char: string): boolean {
    if (this.#escape === '\\') {
      if (!'u"\\/bfnrt'.includes(char)) return false;
      this.#escape = char === 'u' ? 'u' : '';
      this.#hexLeft = 4;
      return true;
    }
    if (!/[0-9a-fA-F]/.test(char)) return false;
    this.#hexLeft -= 1;
    if (this.#hexLeft === 0) this.#escape = '';
    return true;
  }

  #readToken(char: string): boolean {
    if (this.#word !== '') {
      if (this.#extendsWord(char)) return true;
      const literal = literals[this.#word.charAt(0)];
      if (literal !== undefined && literal !== this.#word) return false;
      this.#word = '';
      this.#expect = 'comma';
    }
    if (whitespace.test(char)) return true;
    if (char === '"') return this.#openString();
    if (char === '{' || char === '[') return this.#open(char);
    if (char === '}' || char === ']') return this.#close(char);
    if (char === ':') return this.#expect === 'colon' && this.#to('value');
    if (char === ',') return this.#expect === 'comma' && this.#to(this.#stack.at(-1) === '{' ? 'key' : 'value');
    if (this.#expect !== 'value' && this.#expect !== 'firstValue') return false;
    this.#word = char;
    return /[-0-9tfn]/.test(char);
  }

  #extendsWord(char: string): boolean {
    const literal = literals[this.#word.charAt(0)];
    const fits = literal === undefined ? /[0-9+\-.eE]/.test(char) && this.#word.length < 400 : literal.startsWith(this.#word + char);
    if (fits) this.#word += char;
    return fits;
  }

  #openString(): boolean {
    const isKey = this.#expect === 'key' || this.#expect === 'firstKey';
    if (!isKey && this.#expect !== 'value' && this.#expect !== 'firstValue') return false;
    this.#inString = true;
    this.#stringIsKey = isKey;
    return true;
  }

  #open(char: '{' | '['): boolean {
    const begins = this.#expect === 'start' && char === '{';
    if (!begins && this.#expect !== 'value' && this.#expect !== 'firstValue') return false;
    if (this.#stack.length >= maxDepth) return false;
    this.#stack.push(char);
    return this.#to(char === '{' ? 'firstKey' : 'firstValue');
  }

  #close(char: '}' | ']'): boolean {
    const first = char === '}' ? 'firstKey' : 'firstValue';
    if (this.#stack.at(-1) !== (char === '}' ? '{' : '[') || (this.#expect !== 'comma' && this.#expect !== first)) return false;
    this.#stack.pop();
    return this.#to(this.#stack.length === 0 ? 'done' : 'comma');
  }

  #to(expect: Expect): true {
    this.#expect = expect;
    return true;
  }
}
