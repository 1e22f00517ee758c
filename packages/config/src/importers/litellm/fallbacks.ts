import type { ConfigPath } from '../../diagnostic.js';
import type { Draft, Section } from '../draft.js';
import { listOf, mapOf, textOf } from '../source-values.js';
import type { ImportedModels } from './model-list.js';

/** Lists of fallbacks of LiteLLM, and where they stand here. */
const kinds = {
  fallbacks: (target: Section): string[] => listIn(target, 'fallback'),
  context_window_fallbacks: (target: Section): string[] => listIn(sectionIn(target, 'fallbackOn'), 'contextWindow'),
  content_policy_fallbacks: (target: Section): string[] => listIn(sectionIn(target, 'fallbackOn'), 'contentPolicy'),
} as const;

type Kind = keyof typeof kinds;

export const fallbackKinds = Object.keys(kinds) as Kind[];

const places: Readonly<Record<Kind, readonly string[]>> = {
  fallbacks: ['fallback'],
  context_window_fallbacks: ['fallbackOn', 'contextWindow'],
  content_policy_fallbacks: ['fallbackOn', 'contentPolicy'],
};

interface FallbackContext {
  readonly draft: Draft;
  readonly source: number;
  readonly targets: ImportedModels['targets'];
}

/** `[{ name: [name, …] }, …]` of one kind. */
export function importFallbacks(kind: Kind, value: unknown, key: ConfigPath, context: FallbackContext): void {
  for (const [index, entry] of listOf(value).entries()) {
    for (const [from, names] of Object.entries(mapOf(entry))) {
      const place = [...key, index, from];
      const owners = from === '*' ? [...context.targets.values()] : [context.targets.get(from)].filter((name) => name !== undefined);
      if (owners.length === 0) context.draft.refused(place, 'names a model that is not there or was refused', context.source);
      else for (const [at, name] of listOf(names).entries()) addFallback(kind, owners, textOf(name), [...place, at], context);
    }
  }
}

/** Fallbacks of every model that has none of its own; read after those. */
export function importDefaultFallbacks(value: unknown, key: ConfigPath, context: FallbackContext): void {
  const owners = [...context.targets.values()].filter((name) => listOf(context.draft.config.models[name]?.['fallback']).length === 0);
  for (const [at, name] of listOf(value).entries()) addFallback('fallbacks', owners, textOf(name), [...key, at], context);
}

function addFallback(
  kind: Kind,
  owners: readonly string[],
  name: string | undefined,
  key: ConfigPath,
  { draft, source, targets }: FallbackContext,
): void {
  const target = name === undefined ? undefined : targets.get(name);
  if (target === undefined) return draft.refused(key, 'names a model that is not there or was refused', source);
  const able = owners.filter((owner) => owner !== target && (kind !== 'fallbacks' || !reaches(draft, target, owner)));
  for (const owner of able) {
    const list = kinds[kind](draft.config.models[owner] ?? {});
    if (!list.includes(target)) list.push(target);
  }
  const [only] = able;
  if (only === undefined) draft.refused(key, 'would lead in a circle, which is not possible here', source);
  else if (able.length === owners.length)
    draft.mapped(key, owners.length === 1 ? ['models', only, ...places[kind]] : ['models'], undefined, source);
  else draft.approximated(key, ['models'], 'not where it would lead in a circle', source);
}

/** Whether fallbacks lead from one target to another. */
function reaches(draft: Draft, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return listOf(draft.config.models[from]?.['fallback']).some((next) => typeof next === 'string' && reaches(draft, next, to, seen));
}

function listIn(section: Section, key: string): string[] {
  const found = section[key];
  if (Array.isArray(found)) return found as string[];
  const list: string[] = [];
  section[key] = list;
  return list;
}

function sectionIn(target: Section, key: string): Section {
  const found = (target[key] ?? {}) as Section;
  target[key] = found;
  return found;
}
