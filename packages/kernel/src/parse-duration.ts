import { errors } from './errors.js';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const form = /^(?:\d{1,15}(?:\.\d{1,6})?(?:ms|s|m|h|d)\s?){1,5}$/;
const bareNumber = /^\d{1,15}(?:\.\d{1,6})?$/;

/**
 * Reads a duration and returns ms: `500ms`, `60s`, `8h`, `1.5h`, `1h30m`, `7d`. A number without a unit is refused unless `bareUnit` says
 * what it means (`s` for OLLAMA_TIMEOUT_SECONDS and the like). `name` is the option or field the error names.
 * @throws CCP_DURATION
 */
export function parseDuration(value: string | number, options: { readonly bareUnit?: 'ms' | 's'; readonly name?: string } = {}): number {
  const text = String(value).trim().toLowerCase();
  if (bareNumber.test(text) && options.bareUnit !== undefined) return Math.round(Number(text) * (unitMs[options.bareUnit] ?? 1));
  if (!form.test(text)) throw refusal(String(value), options.name);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)) total += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  if (!Number.isSafeInteger(Math.round(total))) throw refusal(String(value), options.name);
  return Math.round(total);
}

function refusal(text: string, name: string | undefined): Error {
  return errors.CCP_DURATION({ message: `${name === undefined ? '' : `${name}: `}${JSON.stringify(text.slice(0, 40))} is not a duration` });
}
