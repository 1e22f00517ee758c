/** Replaces secrets in text. One instance lives at every sink of the process. */
export interface Redactor {
  /** The text with every known value and every token-shaped piece replaced. Linear in the length of the text. */
  redact(text: string): string;
  /** Adds an exact value (6 characters or longer) in all its encodings; it is replaced from now on. */
  add(secret: string): void;
  /** Forgets a value that is worth nothing any more (a revoked token), so that short-lived secrets do not pile up. */
  remove(secret: string): void;
  /** True when the bytes hold one of the exact values added (law 1: a loaded secret never leaves by accident). */
  containsSecret(bytes: Uint8Array): boolean;
}
