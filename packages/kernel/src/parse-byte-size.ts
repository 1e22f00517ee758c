import { errors } from './errors.js';

const unitBytes: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const form = /^(\d{1,15}(?:\.\d{1,6})?)\s?(b|[kmg](?:i?b)?)?$/;

/**
 * Reads a size and returns bytes: `1048576`, `512kb`, `32mb`, `1.5gb`; units are powers of 1024 and `kib`, `k` mean the same as `kb`.
 * `name` is the option or field the error names.
 * @throws CCP_BYTE_SIZE
 */
export function parseByteSize(value: string | number, options: { readonly name?: string } = {}): number {
  const match = form.exec(String(value).trim().toLowerCase());
  const bytes = Math.round(Number(match?.[1]) * (unitBytes[match?.[2]?.charAt(0) ?? ''] ?? 1));
  if (Number.isSafeInteger(bytes)) return bytes;
  const subject = options.name === undefined ? '' : `${options.name}: `;
  throw errors.CCP_BYTE_SIZE({ message: `${subject}${JSON.stringify(String(value).slice(0, 40))} is not a size` });
}
