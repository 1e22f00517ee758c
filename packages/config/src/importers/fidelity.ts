import { type ConfigPath, formatPath } from '../diagnostic.js';
import { isEmpty, isMap } from './source-values.js';

/**
 * What became of a key: it means the same in the new file; it means nearly the same, and `note` says what differs; or nothing of it is
 * there, and `note` says why and what can be done.
 */
export type Fidelity = 'mapped' | 'approximated' | 'refused';

/** What became of one key of the file that was imported. Never holds a value of that file. */
export interface FidelityLine {
  readonly file: string;
  /** `Providers[0].api_key`. */
  readonly key: string;
  readonly fidelity: Fidelity;
  /** Where it is in the new file; null when it has no place of its own. */
  readonly to: string | null;
  readonly note: string | null;
}

/** A line while the places in the new file may still change. */
export interface DraftLine {
  /** Number of the file: 0, or 1 for the one beside it. */
  readonly source: number;
  readonly key: ConfigPath;
  readonly fidelity: Fidelity;
  readonly to?: ConfigPath;
  readonly note?: string;
}

/** A variable the new file reads. */
export interface ImportedVariable {
  readonly name: string;
  /** Places in the new file. */
  readonly usedBy: readonly string[];
  /** The value stood in the old file, and was not copied. */
  readonly wasLiteral: boolean;
}

export interface ImportReport {
  /** One line for every key of the source, in its order. */
  readonly lines: readonly FidelityLine[];
  readonly counts: Readonly<Record<Fidelity, number>>;
  readonly variables: readonly ImportedVariable[];
}

const idOf = (path: ConfigPath): string => JSON.stringify(path);

/**
 * The lines of one source in the order of its keys, and a line for each key that nobody spoke of: nothing is left out silently.
 * A line about a key speaks for everything below it.
 */
export function completeLines(tree: unknown, source: number, lines: readonly DraftLine[]): DraftLine[] {
  const own = lines.filter((line) => line.source === source);
  const byPath = Map.groupBy(own, ({ key }) => idOf(key));
  const ancestors = new Set(own.flatMap(({ key }) => key.map((_part, length) => idOf(key.slice(0, length)))));
  const ordered: DraftLine[] = [];
  const visit = (value: unknown, key: ConfigPath, spokenFor: boolean): void => {
    const here = byPath.get(idOf(key)) ?? [];
    ordered.push(...here);
    const covered = spokenFor || (here.length > 0 && key.length > 0); // a line about the whole file is about no key
    if (!covered && key.length > 0 && !ancestors.has(idOf(key))) {
      ordered.push({ source, key, ...unspoken(value) });
      return;
    }
    for (const [part, child] of childrenOf(value)) visit(child, [...key, part], covered);
  };
  visit(tree, [], false);
  const placed = new Set(ordered);
  return [...ordered, ...own.filter((line) => !placed.has(line))];
}

const unspoken = (value: unknown): Pick<DraftLine, 'fidelity' | 'note'> =>
  isEmpty(value)
    ? { fidelity: 'mapped', note: 'is empty' }
    : { fidelity: 'refused', note: 'has no counterpart here; nothing of it was taken over' };

function childrenOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...(value as unknown[]).entries()];
  return isMap(value) ? Object.entries(value) : [];
}

/** A path for people: short, and without characters a terminal would act on. */
export const shownPath = (path: ConfigPath): string =>
  (path.length === 0 ? '(the file)' : formatPath(path)).replace(/[\p{C}\p{Z}]/gu, ' ').slice(0, 160);

export function countLines(lines: readonly FidelityLine[]): ImportReport['counts'] {
  const count = (wanted: Fidelity): number => lines.filter(({ fidelity }) => fidelity === wanted).length;
  return { mapped: count('mapped'), approximated: count('approximated'), refused: count('refused') };
}
