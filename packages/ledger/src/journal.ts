import { join } from 'node:path';
import { errors } from './errors.js';
import { JournalFile } from './journal-file.js';
import { type EntryKind, journalLine, readJournal } from './journal-line.js';

/** An entry on its way to the database. */
export interface PendingEntry {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly json: string;
  /** Where it is written; undefined when the journal could not take it. */
  file: JournalFile | undefined;
}

export interface JournalLimits {
  /** A file is left for the other one from this size on. */
  readonly rotateBytes: number;
  /** A file grows no further; reached only while the database does not take the entries. */
  readonly maxBytes: number;
}

export interface JournalSnapshot {
  /** The bytes of both files, older one first. */
  readonly contents: readonly Buffer[];
  /** To be called once the database has every entry in them. */
  committed(): void;
}

/** A file whose entries are all in the database is emptied in place from this size on; smaller ones are left, replay is idempotent. */
const emptiedBytes = 64 * 1024;

/**
 * Two files, written in turn: while one is being taken over by the database the other receives. A file is emptied only when
 * the database has all of it.
 */
export class Journal {
  readonly #limits: JournalLimits;
  readonly #files: readonly [JournalFile, JournalFile];
  readonly #unsynced = new Set<JournalFile>();
  #active: JournalFile;

  /** Opens or creates `ledger-0.journal` and `ledger-1.journal` in `dir`. */
  constructor(dir: string, limits: JournalLimits) {
    this.#limits = limits;
    this.#files = [new JournalFile(join(dir, 'ledger-0.journal')), new JournalFile(join(dir, 'ledger-1.journal'))];
    this.#active = this.#byAge()[1];
    for (const file of this.#files.filter((each) => each.size > 0)) {
      // What an earlier process left counts as one entry until the first snapshot is taken over.
      file.uncommitted = 1;
      file.spilled = 1;
    }
  }

  get bytes(): number {
    return this.#files[0].size + this.#files[1].size;
  }

  /** Entries that only the journal has. */
  get spilled(): number {
    return this.#files[0].spilled + this.#files[1].spilled;
  }

  /** Writes the entries with one call of the system. Throws when they are not all written; then none of them counts as written. */
  append(entries: readonly PendingEntry[]): void {
    const [first, second] = this.#files;
    const other = this.#active === first ? second : first;
    if (this.#active.size >= this.#limits.rotateBytes && other.size === 0) this.#active = other;
    if (this.#active.size >= this.#limits.maxBytes) {
      throw errors.CCP_LEDGER_JOURNAL({
        message: `journal ${this.#active.path} holds ${this.#active.size} bytes already`,
        where: { file: this.#active.path },
      });
    }
    const file = this.#active;
    file.append(entries.map((entry) => journalLine(entry.kind, entry.json)).join(''));
    for (const entry of entries) entry.file = file;
    file.uncommitted += entries.length;
    this.#unsynced.add(file);
  }

  /** Waits until the disk has what was appended. */
  async sync(): Promise<void> {
    const files = [...this.#unsynced];
    this.#unsynced.clear();
    await Promise.all(files.map((file) => file.sync()));
  }

  /** The database has these entries. */
  committed(entries: readonly PendingEntry[]): void {
    for (const { file } of entries) if (file !== undefined) file.uncommitted -= 1;
  }

  /** The entry leaves memory; only the journal has it now. */
  spill(entry: PendingEntry): void {
    if (entry.file !== undefined) entry.file.spilled += 1;
  }

  /** All entries as they are now. */
  snapshot(): JournalSnapshot {
    const files = this.#byAge();
    const counts = files.map((file) => file.spilled);
    return {
      contents: files.map((file) => file.read()),
      committed: () => {
        for (const [index, file] of files.entries()) {
          file.spilled -= counts[index] ?? 0;
          file.uncommitted -= counts[index] ?? 0;
        }
      },
    };
  }

  /** Empties files the database has completely: the inactive one at once, the active one when it is worth it or `always`. */
  empty(always: boolean): void {
    for (const file of this.#files) {
      if (file.uncommitted > 0 || file.size === 0) continue;
      if (always || file !== this.#active || file.size >= emptiedBytes) file.truncate();
    }
  }

  reopen(): void {
    for (const file of this.#files) file.reopen();
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #byAge(): readonly [JournalFile, JournalFile] {
    const [first, second] = this.#files;
    return first.modifiedAt > second.modifiedAt ? [second, first] : [first, second];
  }
}

/** The entries of a snapshot in groups of at most `size`: first every open, then every close, so that a close finds its open. */
export function* groupEntries(
  contents: readonly Buffer[],
  size: number,
): Generator<{ readonly opens: string[]; readonly closes: string[] }> {
  for (const kind of ['o', 'c'] as const) {
    let group: string[] = [];
    for (const bytes of contents) {
      for (const json of readJournal(bytes, kind)) {
        group.push(json);
        if (group.length < size) continue;
        yield kind === 'o' ? { opens: group, closes: [] } : { opens: [], closes: group };
        group = [];
      }
    }
    if (group.length > 0) yield kind === 'o' ? { opens: group, closes: [] } : { opens: [], closes: group };
  }
}
