import { configText } from '../config-text.js';

/** claude-code-router replaces `${…}` with anything inside, and `$NAME` in capitals. */
const reference = /\$\{([^}]+)\}|\$([A-Z_][A-Z0-9_]*)/gu;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** A text of claude-code-router with its variables as ours; undefined when the configuration could not hold it. */
export function ccrText(value: string): string | undefined {
  const text = value.trim();
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const name = match[1] ?? match[2] ?? '';
    parts.push(literal(text.slice(end, match.index)), variable.test(name) ? `\${${name}}` : literal(match[0]));
    end = match.index + match[0].length;
  }
  parts.push(literal(text.slice(end)));
  const written = parts.join('');
  return configText(text) === undefined ? undefined : written;
}

const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** The name when the whole text is one variable. */
export function ccrVariable(value: string): string | undefined {
  const match = /^(?:\$\{([^}]+)\}|\$([A-Z_][A-Z0-9_]*))$/u.exec(value.trim());
  const name = match?.[1] ?? match?.[2];
  return name !== undefined && variable.test(name) ? name : undefined;
}
