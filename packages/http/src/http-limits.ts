/** Bounds of the server. Times in ms, sizes in bytes. */
export interface HttpLimits {
  /** A connection that has not sent a whole request head in this time is closed. */
  readonly headersTimeout: number;
  /** A request that has not arrived completely in this time is ended with 408. */
  readonly requestTimeout: number;
  /** How often the two times above are checked. */
  readonly checkInterval: number;
  /** An idle connection is kept this long for the next request. */
  readonly keepAliveTimeout: number;
  /** Size of request line and headers together. */
  readonly headerSize: number;
  readonly headerCount: number;
  readonly urlLength: number;
  readonly connections: number;
  /** Requests worked on at once; more are shed with 503. */
  readonly activeRequests: number;
  /** A body may take this long, plus what `uploadRate` (bytes per second) grants for the bytes that came. */
  readonly uploadGrace: number;
  readonly uploadRate: number;
  /** After an early refusal the rest of the body is discarded at most this long, so that the client can read the answer. */
  readonly linger: number;
}

/** Claude Code sends about 2 KB of headers and bodies up to 30 MB (measured: facts/claude-code-client.md §2). */
export const defaultLimits: HttpLimits = {
  headersTimeout: 8_000,
  requestTimeout: 300_000,
  checkInterval: 500,
  keepAliveTimeout: 65_000,
  headerSize: 16 * 1024,
  headerCount: 200,
  urlLength: 8 * 1024,
  connections: 4_096,
  activeRequests: 1_000,
  uploadGrace: 8_000,
  uploadRate: 64 * 1024,
  linger: 1_000,
};
