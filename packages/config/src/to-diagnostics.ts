import { type ErrorCode, errorSpecs, type ErrorSpec } from '@ccproxy/kernel';
import { z } from 'zod';
import { type ConfigPath, type Diagnostic, formatPath } from './diagnostic.js';
import { errors } from './errors.js';
import type { IssueParams } from './fields.js';
import type { YamlTree } from './read-yaml.js';
import { didYouMean, suggest } from './suggest.js';

type Issue = z.core.$ZodIssue;
type KnownKeys = ReadonlyMap<string, readonly string[]>;

/** Either what the schema made of the value, or everything that is wrong with it. */
export type SchemaResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Validates a tree and turns each issue into a diagnostic at its place.
 * @param external paths whose value came from a variable: no message names or hints at the value there
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, tree: YamlTree, external: readonly ConfigPath[]): SchemaResult<T> {
  const knownKeys = new Map<string, readonly string[]>();
  // A file is read once: compiling functions for its schemas takes longer than doing without.
  const result = schema.safeParse(value, { error: (issue) => rememberKeys(issue, knownKeys), jitless: true });
  if (result.success) return { ok: true, value: result.data };
  const hidden = new Set(external.map((path) => formatPath(path)));
  return { ok: false, diagnostics: result.error.issues.flatMap((issue) => describe(issue, [], value, tree, knownKeys, hidden)) };
}

/** The issue of a strict map does not say which keys exist; the schema that raised it does. */
function rememberKeys(issue: z.core.$ZodRawIssue, knownKeys: Map<string, readonly string[]>): undefined {
  if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
    knownKeys.set(issue.keys.join('\u0000'), Object.keys(issue.inst.shape));
  }
  return undefined;
}

function describe(
  issue: Issue,
  base: ConfigPath,
  root: unknown,
  tree: YamlTree,
  knownKeys: KnownKeys,
  hidden: ReadonlySet<string>,
): Diagnostic[] {
  const path: ConfigPath = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const inner = (next: Issue): Diagnostic[] => describe(next, path, root, tree, knownKeys, hidden);
  const at = (where: ConfigPath, part: 'key' | 'value', code: ErrorCode, message: string, hint?: string): Diagnostic => ({
    severity: 'error',
    code,
    message: `${formatPath(where) || 'the file'} ${message}`,
    hint: hint ?? specOf(code).fix,
    where: tree.locate(where, part),
    path: formatPath(where),
  });
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys.get(issue.keys.join('\u0000')) ?? [];
    return issue.keys.map((key) =>
      at([...path, key], 'key', 'CCP_CONFIG_UNKNOWN_KEY', 'is not a known key', didYouMean(key, known, 'key')),
    );
  }
  if (issue.code === 'invalid_key') {
    return [at(path, 'key', 'CCP_CONFIG_INVALID', `is not a usable name`, issue.issues[0]?.message)];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = issue.errors.find((candidates) => !candidates.every(isWrongShape)) ?? issue.errors[0];
    if (issue.message === genericMessage && branch !== undefined) return branch.flatMap(inner);
  }
  const written = valueAt(root, path);
  if (issue.code === 'invalid_union' && issue.errors.length === 0) return [unknownVariant(issue, path, root, hidden, at)];
  if (written === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value')) {
    return [at(path, 'key', 'CCP_CONFIG_INVALID', 'is missing', 'Add it; `ccproxy config schema` describes every key.')];
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return [at(path, 'value', 'CCP_CONFIG_INVALID', `must be ${shapeName(issue.expected)}, not ${shapeOf(written)}`)];
  }
  const params: IssueParams = issue.code === 'custom' ? ((issue.params ?? {}) as IssueParams) : {};
  const part = params.code === 'CCP_NOT_AVAILABLE' && issue.path.at(-1) !== 'type' ? 'key' : 'value';
  const near = typeof written === 'string' && !hidden.has(formatPath(path)) ? nearestChoice(written, issue.message) : undefined;
  return [at(path, part, params.code ?? 'CCP_CONFIG_INVALID', issue.message, params.hint ?? near)];
}

const genericMessage = 'Invalid input';

/** A branch of a union that failed only because the value is of another kind altogether. */
function isWrongShape(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_union');
}

function unknownVariant(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: ConfigPath,
  root: unknown,
  hidden: ReadonlySet<string>,
  at: (where: ConfigPath, part: 'key' | 'value', code: ErrorCode, message: string, hint?: string) => Diagnostic,
): Diagnostic {
  const options = ('options' in issue && Array.isArray(issue.options) ? issue.options : []).map(String);
  const written = valueAt(root, path);
  const shown = typeof written === 'string' && !hidden.has(formatPath(path)) ? written : undefined;
  const message = written === undefined ? 'is missing' : `must be one of ${options.join(', ')}`;
  return at(
    path,
    'value',
    'CCP_CONFIG_INVALID',
    message,
    shown === undefined ? `Known: ${options.join(', ')}.` : didYouMean(shown, options, 'type'),
  );
}

/** For `must be one of a, b, c`: which of them was probably meant. */
function nearestChoice(written: string, message: string): string | undefined {
  const list = /^must be one of (.*)$/u.exec(message)?.[1];
  const near = list === undefined ? undefined : suggest(written, list.split(', '));
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.hasOwn(value, part) ? (value as Record<string | number, unknown>)[part] : undefined;
  }, root);
}

function shapeName(expected: string): string {
  return { object: 'a map', record: 'a map', array: 'a list', string: 'text' }[expected] ?? `a ${expected}`;
}

function shapeOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** The permanent part of a code of this package. */
export function specOf(code: ErrorCode): ErrorSpec {
  const specs: Readonly<Record<string, ErrorSpec>> = errors[errorSpecs];
  const spec = specs[code];
  if (spec === undefined) throw new TypeError(`${code} is not an error of the configuration`);
  return spec;
}
