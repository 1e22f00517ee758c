import { parseJson } from '@ccproxy/kernel';
import type { Taken } from './taken.js';

/** Something taken, whose allowance it is of, and when that was so, ms since the epoch. */
export interface TakenEntry extends Taken {
  readonly owner: string;
  readonly at: number;
}

const version = 1;
/** Entries of one text, and characters of a name: one that claims more was not written here. */
const mostEntries = 512;
const longestName = 256;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** The entries as text; those with names that are too long are left out. */
export function takenText(entries: readonly TakenEntry[]): string {
  const rows = entries
    .filter(({ owner, name }) => isName(owner) && isName(name))
    .slice(0, mostEntries)
    .map(({ owner, name, at, requests, tokens, closed }) => [owner, name, at, rounded(requests), rounded(tokens), rounded(closed)]);
  return JSON.stringify({ version, rows });
}

/** The entries of a text; whatever is none is left out, so that damage costs nobody more than the limit would. */
export function readTakenText(text: string): readonly TakenEntry[] {
  const parsed = parseJson(text);
  if (!parsed.ok || !isRecord(parsed.value) || parsed.value['version'] !== version) return [];
  const rows: unknown = parsed.value['rows'];
  return Array.isArray(rows) ? rows.slice(0, mostEntries).flatMap(entryOf) : [];
}

function entryOf(row: unknown): TakenEntry[] {
  if (!Array.isArray(row)) return [];
  const [owner, name, at, requests, tokens, closed] = row as unknown[];
  const known = isName(owner) && isName(name) && isAmount(at) && isAmount(requests) && isAmount(tokens) && isAmount(closed);
  return known ? [{ owner, name, at, requests, tokens, closed }] : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= longestName;
const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
