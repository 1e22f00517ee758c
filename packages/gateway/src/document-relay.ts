import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { readUsage, type UsageReport } from '@ccproxy/wire';
import type { Attempt } from './attempt.js';
import { errors } from './errors.js';
import type { Relay } from './relay.js';

/** The longest answers of today's models are below 1 MB; what is beyond this is no message. */
const LARGEST = 16 * 1024 * 1024;

const isObject = (body: Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/**
 * Carries an answer that is one JSON document, with its status, headers and bytes. It is held until it is complete and looks like an
 * answer, so that another target can still be asked; a model writes such a document at once, so holding it costs no time.
 */
export class DocumentRelay implements Relay {
  readonly #attempt: Attempt;
  readonly #status: number;
  readonly #headers: HeaderFields;
  readonly #held: Buffer[] = [];
  #bytes = 0;
  #report: UsageReport | undefined;

  constructor(attempt: Attempt, status: number, headers: HeaderFields) {
    this.#attempt = attempt;
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > LARGEST) this.#refuse(`a document of more than ${LARGEST} bytes`);
  }

  end(): void {
    const body = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    this.#report = readUsage(body);
    if (this.#attempt.client.headSent) this.#refuse('a document although a stream was asked for');
    else if (!this.#report.sawMessageStop && !isObject(body)) {
      this.#refuse(body.length === 0 ? 'nothing' : `${body.length} bytes that are no JSON object`);
    } else this.#attempt.succeeded('ok', () => this.#send(body));
  }

  fail(error: CcproxyError): void {
    this.#attempt.failed({ kind: 'error', error });
  }

  report(): UsageReport | undefined {
    return this.#report;
  }

  stop(): void {}

  #send(body: Buffer): void {
    const { client } = this.#attempt;
    if (client.gone) return;
    client.startDocument(this.#status, this.#attempt.head({ ...this.#headers, 'content-length': String(body.length) }));
    client.end(body);
  }

  #refuse(what: string): void {
    const message = `The provider "${this.#attempt.provider}" answered ${this.#status} with ${what}.`;
    this.#attempt.failed({ kind: 'error', error: errors.CCP_GATEWAY_BAD_ANSWER({ message }) });
  }
}
