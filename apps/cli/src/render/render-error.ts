import type { SerializedError } from '@ccproxy/kernel';

/**
 * A coded error as a person reads it: what happened, where, what to do.
 * `details.rendered` (a code frame made by the owner of the error) is shown as it is.
 */
export function renderError(error: SerializedError): string {
  const lines = [`${error.title}: ${error.message}`];
  if (error.where !== undefined) {
    const { file, line, column } = error.where;
    lines.push(`  at ${[file, line, column].filter((part) => part !== undefined).join(':')}`);
  }
  const rendered = error.details?.['rendered'];
  if (typeof rendered === 'string') lines.push(rendered);
  if (error.hint !== '') lines.push(`  ${error.hint}`);
  lines.push(`  (${error.code})`);
  return lines.join('\n');
}
