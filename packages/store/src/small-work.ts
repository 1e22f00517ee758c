import { statSync } from 'node:fs';
import type { DatabaseThread } from './database-thread.js';
import type { ThreadReply, ThreadRequest } from './thread-protocol.js';

/** From this size on the write-ahead log is moved into the file, bytes. */
const fullLog = 4 * 1024 * 1024;
/** Transactions between two looks at its size. */
const lookEvery = 64;

/**
 * What a daemon at rest writes, a few rows in a second, is written on the event loop: some 50 us, where a thread of its own holds 18 MB (both
 * measured). It waits for no disk: a commit under `synchronous = NORMAL` writes to the page cache, and moving the log is the thread's work.
 */
export class SmallWork {
  readonly #file: string;
  readonly #database: DatabaseThread;
  #written = 0;

  constructor(file: string, database: DatabaseThread) {
    this.#file = file;
    this.#database = database;
  }

  /** undefined when another writer has the database: waiting for it is the thread's work. */
  answer(request: ThreadRequest): ThreadReply | undefined {
    const reply = this.#database.answer(request);
    if (!reply.ok && reply.code.startsWith('SQLITE_BUSY')) return undefined;
    this.#written += request.kind === 'apply' ? 1 : 0;
    return reply;
  }

  /** Whether the write-ahead log should be moved into the file. */
  logIsFull(): boolean {
    if (this.#written < lookEvery) return false;
    this.#written = 0;
    return (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > fullLog;
  }

  close(): void {
    this.#database.answer({ id: 0, kind: 'close' });
  }
}
