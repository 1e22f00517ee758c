import { CcproxyError, type ErrorCode, type ErrorOptions, type ErrorSpec } from './ccproxy-error.js';

/** Raises one coded error: `throw errors.CCP_X({ message })`. */
export type ErrorFactory = (options: ErrorOptions) => CcproxyError;

export type ErrorTable<Codes extends ErrorCode> = Readonly<Record<Codes, ErrorFactory>> & {
  /** The permanent parts, for the generated reference page. */
  readonly [errorSpecs]: Readonly<Record<Codes, ErrorSpec>>;
};

/** Key under which an error table keeps its specifications; the reference page is generated from it. */
export const errorSpecs: unique symbol = Symbol.for('ccproxy.error-specs') as never;

/**
 * Makes the error table of one package. Codes are permanent; each package exports its table as `errors`
 * from `src/errors.ts`, and a check holds that no code has two owners.
 */
export function defineErrors<const Codes extends ErrorCode>(specs: Readonly<Record<Codes, ErrorSpec>>): ErrorTable<Codes> {
  const entries = Object.entries<ErrorSpec>(specs).map(
    ([code, spec]) => [code, (options: ErrorOptions) => new CcproxyError(code as ErrorCode, spec, options)] as const,
  );
  return Object.assign(Object.fromEntries(entries), { [errorSpecs]: specs }) as ErrorTable<Codes>;
}
