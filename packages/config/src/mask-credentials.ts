import { createRedactor } from '@ccproxy/kernel';

/** Keys whose value is a credential; a value that is only a `${…}` names where it comes from and may be shown. */
const assignment =
  /((?:^|[\s{,"'])[\w-]{0,64}?(?:keys?|secret|token|password)["']?\s*:\s*)(\[[^\]]*\]?|"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,}#]+)/giu;
const onlyExpression = /^["']?\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}["']?$/u;

/** An entry of a list on a line of its own. */
const item = /^(\s*-\s+)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,{}#:]+)(?=\s*(?:#|$))/u;

/** Replaces credentials in one line of a configuration by `****`; also the entry of a list, when that is one of credentials. */
export function maskCredentials(line: string, ofList = false): string {
  const entry = ofList
    ? line.replace(item, (whole, dash: string, value: string) => (onlyExpression.test(value) ? whole : `${dash}****`))
    : line;
  const masked = entry.replace(assignment, (whole, key: string, value: string) => (onlyExpression.test(value) ? whole : `${key}****`));
  return createRedactor().redact(masked);
}
