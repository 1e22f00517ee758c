import { createRedactor } from '@ccproxy/kernel';

/** Keys whose value is a credential; a value that is only a `${…}` names where it comes from and may be shown. */
const assignment = /((?:^|[\s{,"'])(?:api|auth)_?-?key["']?\s*:\s*)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,}#]+)/giu;
const onlyExpression = /^["']?\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}["']?$/u;

/** Replaces credentials in one line of a configuration by `****`. */
export function maskCredentials(line: string): string {
  const masked = line.replace(assignment, (whole, key: string, value: string) => (onlyExpression.test(value) ? whole : `${key}****`));
  return createRedactor().redact(masked);
}
