import type { ErrorCode, SourcePosition } from '@ccproxy/kernel';

/** Path of a value in the configuration: keys and list indices from the top. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong or risky in a configuration, at the place where it is written. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode;
  /** What is wrong, with the names that matter; never the value of a variable or credential. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly where: SourcePosition;
  /** `providers.anthropic.baseUrl`, `routes[2].to`; empty for the file as a whole. */
  readonly path: string;
}

/** Writes a path the way users read it: `routes[2].to`. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** In the order of the file, errors and warnings mixed. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const place = ({ where }: Diagnostic): number => (where.line ?? 0) * 100_000 + (where.column ?? 0);
  return [...diagnostics].sort((a, b) => place(a) - place(b));
}
