import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { readUsage, type UsageReport } from '@ccproxy/wire';
import type { Attempt } from './attempt.js';
import { errors } from './errors.js';
import type { Relay } from './relay.js';

/** Held before anything is sent: a whole answer of today's models is smaller, and can then still be replaced by a fallback. */
const HELD = 2 * 1024 * 1024;

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
 * Carries an answer that is one JSON document, with its status, headers and bytes. It is held until it is complete and looks like an answer;
 * beyond 2 MB it is piped.
 */
export class DocumentRelay implements Relay {
  readonly #attempt: Attempt;
  readonly #status: number;
  readonly #headers: HeaderFields;
  #held: Buffer[] = [];
  #bytes = 0;
  #piping = false;
  #report: UsageReport | undefined;

  constructor(attempt: Attempt, status: number, headers: HeaderFields) {
    this.#attempt = attempt;
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > HELD) this.#pipe();
  }

  end(): void {
    const body = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    if (this.#piping) {
      this.#attempt.succeeded('ok', () => this.#attempt.client.end(body));
      return;
    }
    this.#report = readUsage(body);
    if (!this.#report.sawMessageStop && !isObject(body)) {
      const what = body.length === 0 ? 'nothing' : `${body.length} bytes that are no JSON object`;
      const message = `The provider "${this.#attempt.provider}" answered ${this.#status} with ${what}.`;
      this.#attempt.failed({ kind: 'error', error: errors.CCP_GATEWAY_BAD_ANSWER({ message }) });
      return;
    }
    this.#attempt.succeeded('ok', () => this.#send(body));
  }

  fail(error: CcproxyError): void {
    if (!this.#piping) {
      this.#attempt.failed({ kind: 'error', error });
      return;
    }
    this.#attempt.cut(error, () => this.#attempt.client.destroy());
  }

  report(): UsageReport | undefined {
    return this.#report;
  }

  stop(): void {}

  #send(body: Buffer): void {
    const { client } = this.#attempt;
    if (client.headSent) {
      client.failStream(
        'api_error',
        `The provider "${this.#attempt.provider}" answered a stream request with a document.`,
        this.#attempt.requestId,
      );
      return;
    }
    client.startDocument(this.#status, this.#attempt.head({ ...this.#headers, 'content-length': String(body.length) }));
    client.end(body);
  }

  /** The last chunk always stays here: the row is closed before it goes out. */
  #pipe(): void {
    const { client } = this.#attempt;
    if (!this.#piping) {
      this.#piping = true;
      if (client.headSent) {
        this.#attempt.failed({
          kind: 'error',
          error: errors.CCP_GATEWAY_BAD_ANSWER({ message: 'A stream request was answered with a large document.' }),
        });
        return;
      }
      client.startDocument(this.#status, this.#attempt.head(this.#headers));
    }
    const last = this.#held.pop();
    for (const chunk of this.#held) client.write(chunk);
    this.#held = last === undefined ? [] : [last];
  }
}
