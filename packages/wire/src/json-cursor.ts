import { JsonSyntaxError } from './json-syntax-error.js';
import { longestSpelling, matchName, type NameTable } from './name-table.js';

/** A member whose key is in no table. */
const otherKey = '';

/** Deepest nesting accepted; the stack takes some bytes per level, so it is bounded. */
const maxDepth = 1_000_000;
/** Strings are read byte by byte this far, then by `indexOf`: keys and escapes are short, texts are long. */
const nearBytes = 32;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;

const literals = { t: Buffer.from('true'), f: Buffer.from('false'), n: Buffer.from('null') } as const;

/**
 * Walks JSON in raw bytes without building values. Skipping is iterative and linear, whatever the input.
 * It accepts exactly the texts JSON.parse accepts, but for the inside of the strings it skips: there it looks for the
 * closing quote only, so raw control characters and unknown escapes pass. Strings it returns are checked in full.
 * Every method throws {@link JsonSyntaxError} on bytes that are not JSON.
 */
export class JsonCursor {
  readonly bytes: Buffer;
  /** Offset of the next byte to read. */
  pos: number;
  /** Whether a string had to be decoded because of escapes. */
  decoded = false;
  /** Whether the last string skipped is known to hold no backslash. */
  #plain = true;
  #containers: number[] = [];

  constructor(bytes: Buffer, pos = 0) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /** Skips whitespace; the next byte, not consumed, or -1 at the end. */
  peek(): number {
    const { bytes } = this;
    let { pos } = this;
    while (pos < bytes.length) {
      const byte = bytes[pos];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        this.pos = pos;
        return byte ?? -1;
      }
      pos += 1;
    }
    this.pos = pos;
    return -1;
  }

  /** Whether an object starts here. */
  atObject(): boolean {
    return this.peek() === openBrace;
  }

  /** Whether an array starts here. */
  atArray(): boolean {
    return this.peek() === openBracket;
  }

  /** Whether a string starts here. */
  atString(): boolean {
    return this.peek() === quote;
  }

  /** Nothing but whitespace may follow. */
  finish(): void {
    if (this.peek() !== -1) this.#fail('unexpected text after the value');
  }

  /** Enters the object at the cursor: its first key (see {@link nextKey}). */
  firstKey<Name extends string>(table: NameTable<Name>): Name | '' | undefined {
    this.pos += 1;
    if (this.peek() !== closeBrace) return this.#key(table);
    this.pos += 1;
    return undefined;
  }

  /** The key after a value: a name of the table, `''` for any other, undefined when the object has ended. */
  nextKey<Name extends string>(table: NameTable<Name>): Name | '' | undefined {
    const byte = this.peek();
    this.pos += 1;
    if (byte === comma) return this.#key(table);
    if (byte === closeBrace) return undefined;
    this.pos -= 1;
    return this.#fail("expected ',' or '}'");
  }

  /** Enters the array at the cursor; whether it has an element. */
  firstElement(): boolean {
    this.pos += 1;
    if (this.peek() !== closeBracket) return true;
    this.pos += 1;
    return false;
  }

  /** After an element: whether another one follows. */
  nextElement(): boolean {
    const byte = this.peek();
    this.pos += 1;
    if (byte === comma) return true;
    if (byte === closeBracket) return false;
    this.pos -= 1;
    return this.#fail("expected ',' or ']'");
  }

  /** The string at the cursor. */
  readString(): string {
    const start = this.pos;
    this.skipString();
    const text = this.#plain ? this.#ascii(start + 1, this.pos - 1) : undefined;
    return text ?? this.#decode(start);
  }

  /** The string at the cursor when it is a name of the table, else undefined. */
  readName<Name extends string>(table: NameTable<Name>): Name | undefined {
    const start = this.pos;
    this.skipString();
    if (this.#plain) return matchName(table, this.bytes, start + 1, this.pos - 1);
    if (this.pos - start > longestSpelling) return undefined;
    const text = this.#decode(start);
    return table.names.find((name) => name === text);
  }

  /** Any scalar but a string, as its JavaScript value; undefined for other values. Skips the value in each case. */
  readScalar(): number | boolean | null | undefined {
    const byte = this.peek();
    if (byte === 0x74 || byte === 0x66 || byte === 0x6e) {
      this.#literal(byte);
      return byte === 0x6e ? null : byte === 0x74;
    }
    if (byte !== minus && !isDigit(byte)) {
      this.skipValue();
      return undefined;
    }
    const start = this.pos;
    this.#number();
    return Number(this.bytes.toString('latin1', start, this.pos));
  }

  /** Skips the value at the cursor, of any depth. */
  skipValue(): void {
    const containers = this.#containers;
    containers.length = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === openBrace || byte === openBracket) {
        this.pos += 1;
        if (this.peek() !== byte + 2) {
          if (containers.push(byte) > maxDepth) this.#fail(`more than ${maxDepth} levels of nesting`);
          if (byte === openBrace) this.#skipKey();
          continue;
        }
        this.pos += 1;
      } else this.#skipScalar(byte);
      if (this.#leaveContainers(containers)) return;
    }
  }

  /** Skips the string at the cursor. */
  skipString(): void {
    const { bytes } = this;
    let at = this.pos + 1;
    let plain = true;
    for (;;) {
      const near = Math.min(at + nearBytes, bytes.length);
      while (at < near) {
        const byte = bytes[at];
        if (byte === quote) {
          this.pos = at + 1;
          this.#plain = plain;
          return;
        }
        if (byte === backslash) {
          at += 2;
          plain = false;
        } else at += 1;
      }
      plain = false;
      const end = at < bytes.length ? bytes.indexOf(quote, at) : -1;
      if (end === -1) this.#fail('unterminated string');
      let run = end;
      while (run > at && bytes[run - 1] === backslash) run -= 1;
      at = end + 1;
      if ((end - run) % 2 === 0) {
        this.pos = at;
        this.#plain = false;
        return;
      }
    }
  }

  /** After a value: closes what ends here; true when nothing is open any more, false when another value follows. */
  #leaveContainers(containers: number[]): boolean {
    while (containers.length > 0) {
      const open = containers[containers.length - 1] ?? openBracket;
      const byte = this.peek();
      if (byte === comma) {
        this.pos += 1;
        if (open === openBrace) this.#skipKey();
        return false;
      }
      if (byte !== open + 2) this.#fail(open === openBrace ? "expected ',' or '}'" : "expected ',' or ']'");
      this.pos += 1;
      containers.pop();
    }
    return true;
  }

  #key<Name extends string>(table: NameTable<Name>): Name | '' {
    if (this.peek() !== quote) this.#fail('expected a key');
    const name = this.readName(table);
    this.#colon();
    return name ?? otherKey;
  }

  #skipKey(): void {
    if (this.peek() !== quote) this.#fail('expected a key');
    this.skipString();
    this.#colon();
  }

  #colon(): void {
    if (this.peek() !== colon) this.#fail("expected ':'");
    this.pos += 1;
  }

  #skipScalar(byte: number): void {
    if (byte === quote) this.skipString();
    else if (byte === minus || isDigit(byte)) this.#number();
    else this.#literal(byte);
  }

  #literal(first: number): void {
    const literal = first === 0x74 ? literals.t : first === 0x66 ? literals.f : first === 0x6e ? literals.n : undefined;
    if (literal === undefined) return this.#fail(first === -1 ? 'unexpected end' : 'unexpected character');
    for (let index = 1; index < literal.length; index += 1)
      if (this.bytes[this.pos + index] !== literal[index]) this.#fail('unexpected character');
    this.pos += literal.length;
  }

  #number(): void {
    if (this.bytes[this.pos] === minus) this.pos += 1;
    if (this.bytes[this.pos] === 0x30) this.pos += 1;
    else this.#digits();
    if (this.bytes[this.pos] === 0x2e) {
      this.pos += 1;
      this.#digits();
    }
    const exponent = this.bytes[this.pos];
    if (exponent !== 0x65 && exponent !== 0x45) return;
    this.pos += 1;
    const sign = this.bytes[this.pos];
    if (sign === 0x2b || sign === minus) this.pos += 1;
    this.#digits();
  }

  #digits(): void {
    const { bytes } = this;
    let { pos } = this;
    while (pos < bytes.length && isDigit(bytes[pos] ?? -1)) pos += 1;
    if (pos === this.pos) this.#fail('expected a digit');
    this.pos = pos;
  }

  /** The bytes as text when they are printable ASCII. */
  #ascii(start: number, end: number): string | undefined {
    for (let at = start; at < end; at += 1) {
      const byte = this.bytes[at] ?? 0;
      if (byte < 0x20 || byte > 0x7e) return undefined;
    }
    return this.bytes.toString('latin1', start, end);
  }

  #decode(start: number): string {
    this.decoded = true;
    try {
      return JSON.parse(this.bytes.toString('utf8', start, this.pos)) as string;
    } catch (cause) {
      if (cause instanceof SyntaxError) throw new JsonSyntaxError('invalid string', start);
      throw cause;
    }
  }

  #fail(message: string): never {
    throw new JsonSyntaxError(message, this.pos);
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
