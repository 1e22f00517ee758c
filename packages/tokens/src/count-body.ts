import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import type { TokenCount } from './count-protocol.js';

/** The texts of a request that a tokenizer has to count. */
export interface CountedTexts {
  /** Everything the model reads: messages, calls and results of tools, system prompt, declared tools. */
  readonly all: readonly string[];
  /** Only the text of the messages: contents that are strings, and their blocks with a `text`. */
  readonly messages: readonly string[];
  readonly images: number;
  /** Characters of base64 in documents. */
  readonly documentBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

class Collector {
  readonly all: string[] = [];
  readonly messages: string[] = [];
  images = 0;
  documentBytes = 0;

  system(value: unknown): void {
    if (typeof value === 'string') this.all.push(value);
    else for (const block of items(value)) this.#text(fields(block)['text']);
  }

  tools(value: unknown): void {
    for (const tool of items(value).map(fields)) {
      this.#text(tool['name']);
      this.#text(tool['description']);
      if (tool['input_schema'] !== undefined) this.all.push(JSON.stringify(tool['input_schema']));
    }
  }

  message(value: unknown): void {
    const { content } = fields(value);
    if (typeof content === 'string') {
      this.messages.push(content);
      this.all.push(content);
      return;
    }
    for (const block of items(content).map(fields)) {
      if (typeof block['text'] === 'string') this.messages.push(block['text']);
      this.#block(block);
    }
  }

  #block(block: Fields): void {
    const { type, text, thinking, name, input, content, source } = block;
    this.#text(text);
    this.#text(thinking);
    if (input !== undefined) {
      this.#text(name);
      this.all.push(JSON.stringify(input));
    }
    if (type === 'image') this.images += 1;
    else if (typeof fields(source)['data'] === 'string') this.documentBytes += String(fields(source)['data']).length;
    if (typeof content === 'string') this.all.push(content);
    else for (const inner of items(content).map(fields)) this.#block(inner);
  }

  #text(value: unknown): void {
    if (typeof value === 'string') this.all.push(value);
  }
}

/** Collects the texts of a Messages request; throws SyntaxError when `body` is not JSON. */
export function countedTexts(body: string): CountedTexts {
  const { system, tools, messages } = fields(JSON.parse(body));
  const collector = new Collector();
  collector.system(system);
  collector.tools(tools);
  for (const message of items(messages)) collector.message(message);
  return collector;
}

/** Longest piece given to a tokenizer: its time grows with the square of the length of a word without an end (47 s for 200,000 letters). */
const longestPiece = 2000;

/** Cuts a text into pieces a tokenizer takes quickly, at white space where there is some; a cut adds one token at most. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > longestPiece) {
    const space = text.lastIndexOf(' ', start + longestPiece);
    const end = space > start + longestPiece / 2 ? space : start + longestPiece;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return [...pieces, text.slice(start)];
}

/** What one picture costs, and how many base64 characters of a document make a token; as the estimate has it. */
const tokensPerImage = 1600;
const charactersPerDocumentToken = 40;

/** Names of special tokens are ordinary text here. */
const plainText = { disallowedSpecial: new Set<string>() };

function total(texts: readonly string[]): number {
  let tokens = 0;
  for (const text of texts) for (const piece of piecesOf(text)) tokens += countTokens(piece, plainText);
  return tokens;
}

/** Counts the tokens of a body; throws SyntaxError when it is not JSON. Loading this file loads the tokenizer (170 ms, 80 MB). */
export function countBody(body: Uint8Array): TokenCount {
  const { all, messages, images, documentBytes } = countedTexts(Buffer.from(body).toString('utf8'));
  const media = images * tokensPerImage + Math.ceil(documentBytes / charactersPerDocumentToken);
  return { all: total(all) + media, messages: total([messages.join(' ')]) };
}
