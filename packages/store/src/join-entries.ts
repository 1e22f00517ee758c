import type { LedgerBatch } from './ledger-table.js';

export interface JoinedEntries {
  /** In the order they were opened: the columns of the open, then those of the close without the id; null while it is not known. */
  readonly attempts: readonly string[];
  /** Closes of attempts that were opened before this batch. */
  readonly closes: readonly string[];
}

/**
 * Joins the opens and closes of a batch by their ids, as JSON texts: one row written at once costs the database half of one that is inserted
 * and then looked up and changed (measured). An id that JSON has to escape is not joined.
 * @param columns how many a close has besides the id
 */
export function joinEntries({ opens, closes }: LedgerBatch, columns: number): JoinedEntries {
  const open = ',null'.repeat(columns) + ']';
  const places = new Map<string, number>();
  const attempts = opens.map((text, place) => {
    const id = idOf(text);
    if (id !== undefined && !places.has(id)) places.set(id, place);
    return text.slice(0, -1) + open;
  });
  const others: string[] = [];
  for (const text of closes) {
    const id = idOf(text);
    const place = id === undefined ? undefined : places.get(id);
    if (id === undefined || place === undefined) {
      others.push(text);
      continue;
    }
    attempts[place] = (opens[place] ?? '').slice(0, -1) + text.slice(id.length);
    places.delete(id);
  }
  return { attempts, closes: others };
}

/** `["id"` of an entry, when nothing in the id is escaped. */
function idOf(entry: string): string | undefined {
  const end = entry.indexOf('"', 2);
  const id = entry.slice(0, end + 1);
  return end < 0 || id.includes('\\') ? undefined : id;
}
