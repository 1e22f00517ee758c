/** One import, re-export or literal `import()` of a module. */
export interface ImportStatement {
  readonly specifier: string;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
  /** Evaluated only when the code gets there. */
  readonly dynamic: boolean;
}

const fromClause = /^(?:import|export)\s+(type\s)?(?:[^;'"]*?[\s}*])?from\s*['"]([^'"]+)['"]/gm;
const sideEffect = /^import\s*['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/**
 * The modules a formatted TypeScript, JavaScript or declaration file names. Reads text, not syntax: TypeScript 7 has no
 * compiler API, and formatted code begins every import at the start of a line.
 */
export function importStatements(source: string): ImportStatement[] {
  return [
    ...[...source.matchAll(fromClause)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined, dynamic: false })),
    ...[...source.matchAll(sideEffect)].map(([, specifier = '']) => ({ specifier, typeOnly: false, dynamic: false })),
    ...[...source.matchAll(call)].map(([, specifier = '']) => ({ specifier, typeOnly: false, dynamic: true })),
  ];
}

/** `@scope/name/sub/path` is of package `@scope/name`; undefined for relative paths and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:') || specifier.startsWith('#'))
    return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
