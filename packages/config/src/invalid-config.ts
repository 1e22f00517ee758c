import type { CcproxyError } from '@ccproxy/kernel';
import type { Diagnostic } from './diagnostic.js';
import { errors } from './errors.js';
import { renderDiagnostics } from './render-diagnostics.js';

/**
 * One error for all that is wrong in a text: its code when every problem has the same, else CCP_CONFIG_INVALID. `details.diagnostics` lists
 * all of them, `details.rendered` is the text for people.
 */
export function invalidConfig(diagnostics: readonly Diagnostic[], text: string): CcproxyError {
  const problems = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = problems;
  if (first === undefined) return errors.CCP_CONFIG_INVALID({ message: 'the configuration is not valid' });
  const uniform = problems.every(({ code }) => code === first.code) && Object.hasOwn(errors, first.code);
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return errors[uniform ? (first.code as keyof typeof errors & `CCP_${string}`) : 'CCP_CONFIG_INVALID']({
    message: `${first.message}${more}`,
    hint: first.hint,
    where: first.where,
    details: { diagnostics, rendered: renderDiagnostics(diagnostics, text) },
  });
}
