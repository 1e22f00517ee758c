import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What the fake remembers of a request. Secrets in headers are kept as length and hash. */
export interface LoggedRequest {
  readonly n: number;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  /** In wire order, names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes as they came, before any content encoding was undone. */
  readonly rawBody: Buffer;
  /** Parsed JSON; the text when it is none, undefined when there was no body. */
  readonly body: unknown;
  /** null: no head was sent. */
  readonly status: number | null;
  readonly end: 'finished' | 'closed-early';
  readonly ms: number;
  /** Stream events written. */
  readonly events: number;
}

const secretName = /^(authorization|x-api-key|proxy-authorization|cookie|set-cookie)$|token|secret/i;

/** What a log shows for a secret: a test that knows the value can compare without the value being written. */
export function maskSecret(value: string): string {
  const [, scheme, rest] = /^(Bearer|Basic)\s+(.*)$/is.exec(value) ?? [];
  const secret = rest ?? value;
  const hash = createHash('sha256').update(secret).digest('hex').slice(0, 8);
  return `${scheme === undefined ? '' : `${scheme} `}***(len=${secret.length},sha256=${hash})`;
}

export function headersOf(request: IncomingMessage): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    const value = request.rawHeaders[i + 1] ?? '';
    pairs.push([name, secretName.test(name) ? maskSecret(value) : value]);
  }
  return pairs;
}
