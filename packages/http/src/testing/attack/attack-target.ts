import { setTimeout as sleep } from 'node:timers/promises';
import { type Chunk, exchange, type Exchange, type ExchangeOptions } from './exchange.js';
import { readProcess, type ProcessUse } from './process-use.js';

export interface AttackOptions {
  readonly host: string;
  readonly port: number;
  /** Message route and health route. */
  readonly path?: string;
  readonly health?: string;
  /** Header lines of an authenticated request: `x-ccproxy-token: …`. */
  readonly authentication?: readonly string[];
  /** Routes that must answer 401 or 403 without credentials. */
  readonly protectedPaths?: readonly string[];
  readonly websocketPath?: string;
  readonly bodyLimitMb?: number;
  /** Time in which slow clients must be cut off, ms. */
  readonly slowMs?: number;
  /** Process of the server, to judge the growth of its memory and open files (Linux). */
  readonly pid?: number;
}

export type HeaderMap = Readonly<Record<string, string | undefined>>;

export interface RequestOptions {
  /** null: no Host header. */
  readonly host?: string | null;
  readonly authenticated?: boolean;
}

/** Marks what the attacks send; it must never come back. */
const canary = 'CANARY5f1c2ab90d';

/** The server under attack, and the ways to talk to it. Everything it answers is kept for the search for leaks. */
export class AttackTarget {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly path: string;
  readonly health: string;
  readonly websocketPath: string;
  readonly protectedPaths: readonly string[];
  readonly bodyLimitMb: number;
  readonly slowMs: number;
  readonly canary = canary;
  /** A well-formed request body. */
  readonly goodBody: string;
  readonly answers: { readonly check: string; readonly text: string }[] = [];
  /** Id of the check that runs. */
  check = '';
  readonly #authentication: string;
  readonly #pid: number | undefined;

  constructor(options: AttackOptions) {
    this.host = options.host;
    this.port = options.port;
    this.authority = `${options.host}:${options.port}`;
    this.path = options.path ?? '/v1/messages';
    this.health = options.health ?? '/health';
    this.websocketPath = options.websocketPath ?? '/socket.io/?EIO=4&transport=websocket';
    this.protectedPaths = options.protectedPaths ?? [];
    this.bodyLimitMb = options.bodyLimitMb ?? 32;
    this.slowMs = options.slowMs ?? 12_000;
    this.goodBody = JSON.stringify({ model: 'claude-test', max_tokens: 16, stream: false, messages: [{ role: 'user', content: 'hi' }] });
    this.#authentication = (options.authentication ?? []).map((line) => `${line}\r\n`).join('');
    this.#pid = options.pid;
  }

  /** Head of an authenticated POST without its length, for attacks on the framing. */
  get postHead(): string {
    return `POST ${this.path} HTTP/1.1\r\nHost: ${this.authority}\r\n${this.#authentication}Content-Type: application/json\r\n`;
  }

  /** Bytes of a request. */
  request(method: string, path: string, headers: HeaderMap = {}, body: Chunk = '', options: RequestOptions = {}): Buffer {
    const { host = this.authority, authenticated = true } = options;
    const bytes = Buffer.from(body);
    const own: HeaderMap = bytes.length > 0 ? { 'content-length': String(bytes.length), 'content-type': 'application/json' } : {};
    const lines = Object.entries({ ...own, ...headers }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]));
    const head = `${method} ${path} HTTP/1.1\r\n${host === null ? '' : `Host: ${host}\r\n`}${authenticated ? this.#authentication : ''}${lines.join('')}\r\n`;
    return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
  }

  /** Sends raw chunks on a fresh connection. */
  async send(chunks: readonly Chunk[], options: ExchangeOptions = {}): Promise<Exchange> {
    const result = await exchange(this.port, this.host, chunks, options);
    this.answers.push({ check: this.check, text: result.text.slice(0, 20_000) });
    return result;
  }

  get(path: string, headers: HeaderMap = {}, options: RequestOptions & ExchangeOptions = {}): Promise<Exchange> {
    return this.send([this.request('GET', path, headers, '', options)], options);
  }

  post(body: Chunk, headers: HeaderMap = {}, options: RequestOptions & ExchangeOptions = {}): Promise<Exchange> {
    return this.send([this.request('POST', this.path, headers, body, options)], options);
  }

  /** Time of an answer of the health route in ms, or undefined when it does not answer three times. */
  async alive(): Promise<number | undefined> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await this.get(this.health, {}, { timeout: 3_000 });
      if (answer.status > 0) return answer.took;
      await sleep(300);
    }
    return undefined;
  }

  use(): ProcessUse | undefined {
    return this.#pid === undefined ? undefined : readProcess(this.#pid);
  }
}
