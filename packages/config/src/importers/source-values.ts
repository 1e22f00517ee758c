/** A map of a foreign file. */
export type Entries = Readonly<Record<string, unknown>>;

const nothing: Entries = Object.freeze({});

export const isMap = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value);

export const mapOf = (value: unknown): Entries => (isMap(value) ? value : nothing);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Text with content, without white space around it. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** A finite number, also one written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A whole number from `min` to `max`; a fraction is cut off. */
export function integerOf(value: unknown, min: number, max: number): number | undefined {
  const number = numberOf(value);
  const whole = number === undefined ? undefined : Math.trunc(number);
  return whole !== undefined && whole >= min && whole <= max ? whole : undefined;
}

/** Python and older YAML know more words for it. */
export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (['true', 'yes', 'on'].includes(word)) return true;
  return ['false', 'no', 'off'].includes(word) ? false : undefined;
}

/** Whether there is nothing in it. */
export const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

/** Every text in a tree. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
