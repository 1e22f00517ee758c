import type { SerializedError } from '@ccproxy/kernel';

/** A coded error as a person reads it: what happened, where, what to do. */
export function renderFailure({ title, message, where, hint, code }: SerializedError): string {
  return [
    `${title}: ${message}`,
    ...(where?.file === undefined ? [] : [`  at ${where.file}`]),
    ...(hint === '' ? [] : [`  ${hint}`]),
    `  (${code})`,
  ].join('\n');
}
