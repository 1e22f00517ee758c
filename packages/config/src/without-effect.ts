import type { ConfigPath } from './diagnostic.js';

interface Pattern {
  readonly path: readonly string[];
  /** Whether the value that was found has no effect; `path` is where, `root` the whole configuration. */
  readonly when?: (value: unknown, path: ConfigPath, root: unknown) => boolean;
  readonly because: string;
}

/** Keys this version takes but does not act on; `*` stands for any name. */
const patterns: readonly Pattern[] = [
  { path: ['logging', 'bodies'], when: (value) => value === true, because: 'bodies are never logged' },
  {
    path: ['models', '*', 'limits'],
    when: (_limits, [, target], root) => passesThrough(root, target),
    because: 'a provider whose requests are not translated knows its own limits',
  },
  {
    path: ['providers', '*', 'keyStrategy'],
    when: (_strategy, [, provider], root) => at(at(at(root, 'providers'), provider), 'apiKeys') === undefined,
    because: 'there is nothing to choose between without `apiKeys`',
  },
];

/** The keys of a configuration that have no effect yet, and what happens instead. */
export function withoutEffect(value: unknown): { readonly path: ConfigPath; readonly because: string }[] {
  return patterns.flatMap(({ path, when = () => true, because }) =>
    matches(value, path, [])
      .filter((match) => when(match.found, match.path, value))
      .map((match) => ({ path: match.path, because })),
  );
}

/** Whether the provider of a target gets the bytes of the client: nothing in them is changed. */
function passesThrough(root: unknown, target: ConfigPath[number] | undefined): boolean {
  const provider = at(at(at(root, 'models'), target), 'provider');
  const type = at(at(at(root, 'providers'), provider), 'type');
  return type === 'anthropic' || type === 'demo';
}

const at = (value: unknown, key: unknown): unknown =>
  typeof value === 'object' && value !== null && typeof key === 'string' && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

function matches(value: unknown, [name, ...rest]: readonly string[], place: ConfigPath): { path: ConfigPath; found: unknown }[] {
  if (name === undefined) return [{ path: place, found: value }];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const keys = name === '*' ? Object.keys(value) : Object.hasOwn(value, name) ? [name] : [];
  return keys.flatMap((key) => matches((value as Readonly<Record<string, unknown>>)[key], rest, [...place, key]));
}
