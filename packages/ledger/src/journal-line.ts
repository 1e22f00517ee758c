import { crc32 } from 'node:zlib';

/** `o`: an attempt was opened. `c`: it was closed. */
export type EntryKind = 'o' | 'c';

/** Columns of an entry of each kind; a line with another number was not written by this version. */
const columns: Readonly<Record<EntryKind, number>> = { o: 16, c: 12 };

/** One line of the journal: the CRC-32 of the rest in hex, a space, the kind, the entry as a JSON array. JSON escapes line ends. */
export function journalLine(kind: EntryKind, json: string): string {
  const body = kind + json;
  return `${crc32(body).toString(16)} ${body}\n`;
}

/**
 * The entries of one kind in the bytes of a journal, in order, as JSON texts. A line that is torn, damaged or foreign is passed
 * over wherever it is: after a crash that is the last one, after a full disk any.
 */
export function* readJournal(bytes: Buffer, kind: EntryKind): Generator<string> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end;
    const json = readLine(bytes.subarray(start, stop), kind);
    if (json !== undefined) yield json;
    start = stop + 1;
  }
}

function readLine(line: Buffer, kind: EntryKind): string | undefined {
  const space = line.indexOf(32);
  if (space < 1 || space > 8 || line[space + 1] !== kind.charCodeAt(0)) return undefined;
  const body = line.subarray(space + 1);
  if (crc32(body).toString(16) !== line.toString('latin1', 0, space)) return undefined;
  const json = body.toString('utf8', 1);
  return isEntry(json, kind) ? json : undefined;
}

function isEntry(json: string, kind: EntryKind): boolean {
  try {
    const entry: unknown = JSON.parse(json);
    return Array.isArray(entry) && entry.length === columns[kind] && entry.every(isScalar);
  } catch (error) {
    // The checksum fits but it is no JSON: not written by us.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}
