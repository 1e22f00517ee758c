import { randomBytes } from 'node:crypto';
import { secretPatterns } from './secret-patterns.ts';

export interface FoundSecret {
  /** Name of the pattern, or `known` for a value that was given. */
  readonly kind: string;
  /** The line it stands in, cut to 200 characters. */
  readonly line: string;
}

/**
 * A key nobody else has, with the look of a provider's: a test hands it to the program and then looks for it
 * in everything the program wrote.
 */
export const newCanaryKey = (prefix = 'sk-ant-api03-'): string => `${prefix}CANARY${randomBytes(18).toString('hex')}`;

/**
 * Finds secrets in an output (log, error, state file, metrics page): the known values in plain, URI-encoded, JSON-escaped,
 * base64 and hex form, and whatever looks like a provider's key, a token or a private key.
 */
export function findSecrets(text: string, known: readonly string[] = []): FoundSecret[] {
  const lineOf = (index: number): string => {
    const start = text.lastIndexOf('\n', index) + 1;
    const end = text.indexOf('\n', index);
    return text.slice(start, end < 0 ? undefined : end).slice(0, 200);
  };
  const exact = known.flatMap(formsOf).flatMap((form) => {
    const index = text.indexOf(form);
    return index < 0 ? [] : [{ kind: 'known', line: lineOf(index) }];
  });
  const alike = secretPatterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ kind, line: lineOf(match.index) })),
  );
  return [...exact, ...alike];
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    ...new Set([
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ]),
  ];
}
