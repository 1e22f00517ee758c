import { type Diagnostic, sortDiagnostics } from './diagnostic.js';
import { maskCredentials } from './mask-credentials.js';

/** Longest piece of a source line that is shown. */
const widest = 160;

/**
 * Writes diagnostics for people: `file:line:column`, code, message, the line with a caret below, and the hint. Credentials written into the
 * line are masked.
 * @param source text the positions belong to
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], source: string): string {
  const lines = source.split(/\r\n|\n|\r/u);
  return sortDiagnostics(diagnostics)
    .map((diagnostic) => render(diagnostic, lines))
    .join('\n\n');
}

function render({ severity, code, message, hint, where, path }: Diagnostic, lines: readonly string[]): string {
  const { file, line, column } = where;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const head = `${place} - ${severity} ${code}: ${message}`;
  const written = line === undefined ? undefined : lines[line - 1];
  const frame = written === undefined || line === undefined ? [] : codeFrame(written, line, column ?? 1, path.includes('.apiKeys'));
  return [head, ...frame, `  ${hint}`].join('\n');
}

function codeFrame(written: string, line: number, column: number, keys: boolean): string[] {
  const before = maskCredentials(written.slice(0, column - 1), keys);
  const masked = maskCredentials(written, keys);
  const start = Math.max(0, before.length - widest / 2);
  const shown = masked.slice(start, start + widest).replaceAll('\t', ' ');
  const gutter = `${line} | `;
  const caret = ' '.repeat(Math.max(0, Math.min(before.length, masked.length) - start));
  return ['', `  ${gutter}${shown}`, `  ${' '.repeat(gutter.length - 2)}| ${caret}^`];
}
