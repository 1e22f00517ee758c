import type { ConfigPath } from './diagnostic.js';

/** Keys this version takes but does not act on; `*` stands for any name. */
const patterns: readonly { readonly path: readonly string[]; readonly when?: (value: unknown) => boolean; readonly because: string }[] = [
  { path: ['server', 'idleShutdown'], because: 'a daemon stays until `ccproxy stop`' },
  { path: ['logging', 'bodies'], when: (value) => value === true, because: 'bodies are never logged' },
  { path: ['models', '*', 'limits'], because: 'limits of a target are not enforced' },
  { path: ['profiles', '*'], because: 'nothing selects a profile' },
];

/** The keys of a configuration that have no effect yet, and what happens instead. */
export function withoutEffect(value: unknown): { readonly path: ConfigPath; readonly because: string }[] {
  return patterns.flatMap(({ path, when = () => true, because }) =>
    matches(value, path, [])
      .filter(({ found }) => when(found))
      .map((match) => ({ path: match.path, because })),
  );
}

function matches(value: unknown, [name, ...rest]: readonly string[], at: ConfigPath): { path: ConfigPath; found: unknown }[] {
  if (name === undefined) return [{ path: at, found: value }];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const keys = name === '*' ? Object.keys(value) : Object.hasOwn(value, name) ? [name] : [];
  return keys.flatMap((key) => matches((value as Readonly<Record<string, unknown>>)[key], rest, [...at, key]));
}
