import type { ConfigPath } from './diagnostic.js';

/** What one expression of a text stands for. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: string | undefined }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'malformed'; readonly source: string };

/** Why a value could not be completed. */
export interface Gap {
  readonly path: ConfigPath;
  readonly kind: 'variable' | 'file' | 'malformed';
  /** Name of the variable, path of the file, or the malformed expression. */
  readonly name: string;
  /** One sentence without any value. */
  readonly reason: string;
}

export interface Interpolated {
  /** The tree with every expression replaced; a value with a gap is an empty text. */
  readonly value: unknown;
  readonly gaps: readonly Gap[];
  /** Paths of the values that came, in whole or part, from outside the file. */
  readonly external: readonly ConfigPath[];
  /** Names of the variables asked for, set or not. */
  readonly variables: ReadonlySet<string>;
  /** Content of every `${file:…}`; treated as secret. */
  readonly fileContents: readonly string[];
}

export interface InterpolationSources {
  /** Value of an environment variable, undefined when not set. */
  variable(name: string): string | undefined;
  /** Trimmed content of a file; a sentence when it cannot be read. */
  file(path: string): Promise<{ readonly content: string } | { readonly reason: string }>;
}

const expression = /\$\$|\$\{([^}]*)(\}?)/gu;
const variable = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/su;

/** Splits a text at its `${…}` expressions. `$$` is one literal `$`. */
export function parseExpressions(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(expression)) {
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    pieces.push(parseExpression(match[0], match[1] ?? '', match[2] === '}'));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

function parseExpression(source: string, inner: string, closed: boolean): Piece {
  if (source === '$$') return { kind: 'text', text: '$' };
  if (!closed || inner.includes('${')) return { kind: 'malformed', source };
  if (inner.startsWith('file:')) {
    const path = inner.slice('file:'.length).trim();
    return path === '' ? { kind: 'malformed', source } : { kind: 'file', path };
  }
  const match = variable.exec(inner);
  return match?.[1] === undefined ? { kind: 'malformed', source } : { kind: 'variable', name: match[1], fallback: match[2] };
}

/**
 * Replaces `${VAR}`, `${VAR:-default}` and `${file:/path}` in every text of a tree. The default is taken when the variable is unset or
 * empty, as in a shell. Nothing is read that is not named; keys are never replaced.
 */
export async function interpolate(tree: unknown, sources: InterpolationSources): Promise<Interpolated> {
  const gaps: Gap[] = [];
  const external: ConfigPath[] = [];
  const variables = new Set<string>();
  const fileContents: string[] = [];

  const complete = async (text: string, path: ConfigPath): Promise<string> => {
    const pieces = parseExpressions(text);
    if (pieces.some((piece) => piece.kind !== 'text')) external.push(path);
    const before = gaps.length;
    const parts: string[] = [];
    for (const piece of pieces) {
      switch (piece.kind) {
        case 'text':
          parts.push(piece.text);
          break;
        case 'malformed':
          gaps.push({
            path,
            kind: 'malformed',
            name: piece.source,
            reason: 'the expression is not `${NAME}`, `${NAME:-default}` or `${file:/path}`',
          });
          break;
        case 'variable': {
          variables.add(piece.name);
          const value = sources.variable(piece.name);
          if (value !== undefined && (value !== '' || piece.fallback === undefined)) parts.push(value);
          else if (piece.fallback !== undefined) parts.push(piece.fallback);
          else gaps.push({ path, kind: 'variable', name: piece.name, reason: `environment variable ${piece.name} is not set` });
          break;
        }
        case 'file': {
          const result = await sources.file(piece.path);
          if ('content' in result) {
            parts.push(result.content);
            fileContents.push(result.content);
          } else gaps.push({ path, kind: 'file', name: piece.path, reason: result.reason });
        }
      }
    }
    return gaps.length > before ? '' : parts.join('');
  };

  const walk = async (value: unknown, path: ConfigPath): Promise<unknown> => {
    if (typeof value === 'string') return value.includes('$') ? await complete(value, path) : value;
    if (Array.isArray(value)) {
      const copy: unknown[] = [];
      for (const [index, item] of value.entries()) copy.push(await walk(item, [...path, index]));
      return copy;
    }
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) copy[key] = await walk(item, [...path, key]);
    return copy;
  };

  return { value: await walk(tree, []), gaps, external, variables, fileContents };
}
