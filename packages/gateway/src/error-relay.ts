import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import type { Attempt } from './attempt.js';
import { maskSecrets } from './mask-secrets.js';
import type { Relay } from './relay.js';

/** Longer error bodies are no error messages. */
const LARGEST = 1024 * 1024;

/** Collects the error answer of a provider, so that another target can be asked before the client sees it. */
export class ErrorRelay implements Relay {
  readonly #attempt: Attempt;
  readonly #status: number;
  readonly #headers: HeaderFields;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(attempt: Attempt, status: number, headers: HeaderFields) {
    this.#attempt = attempt;
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= LARGEST) this.#chunks.push(chunk);
  }

  /** A provider that is called with our key may repeat it in its message: it is masked for the client (fault table, row 32). */
  end(): void {
    const body = this.#bytes <= LARGEST ? Buffer.concat(this.#chunks) : Buffer.alloc(0);
    maskSecrets(body, this.#attempt.ownKeys);
    this.#attempt.failed({ kind: 'answer', status: this.#status, headers: this.#headers, body });
  }

  fail(error: CcproxyError): void {
    this.#attempt.failed({ kind: 'error', error });
  }

  report(): undefined {
    return undefined;
  }

  stop(): void {}
}
