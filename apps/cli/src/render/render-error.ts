import type { SerializedError } from '@ccproxy/kernel';

/**
 * A coded error as a person reads it: what happened, where, what to do.
 * `details.rendered` (a code frame made by the owner of the error) is shown as it is; what it says is not said again.
 */
export function renderError(error: SerializedError): string {
  const { file, line, column } = error.where ?? {};
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const rendered = typeof error.details?.['rendered'] === 'string' ? error.details['rendered'] : '';
  const lines = [`${error.title}: ${error.message}`];
  if (place !== '' && !rendered.includes(place)) lines.push(`  at ${place}`);
  if (rendered !== '') lines.push(rendered);
  if (error.hint !== '' && !rendered.includes(error.hint)) lines.push(`  ${error.hint}`);
  lines.push(`  (${error.code})`);
  return lines.join('\n');
}
