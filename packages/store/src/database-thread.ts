/**
 * The worker thread of `DatabaseWorker`: the only place where fsync and checkpoints are waited for. `SmallWork` runs the same code on the
 * event loop.
 *
 * It imports nothing but `node:` modules, better-sqlite3 and erased types, so that Node runs the TypeScript file itself
 * (type stripping) when the package runs from its sources, and the compiled file when it runs from `dist`.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { Batch, BatchStatement, SqlRow, ThreadData, ThreadReply, ThreadRequest } from './thread-protocol.js';

/** Waiting is free here: nobody but this thread stands still. */
const busyTimeoutMs = 2000;
const maxStatements = 64;
/** Results are held in memory twice on their way to the event loop. */
const maxRows = 100_000;

class Session {
  readonly #connection: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();

  constructor(data: ThreadData) {
    const { onEventLoop = false } = data;
    this.#connection = new Sqlite(data.file, { timeout: onEventLoop ? 0 : busyTimeoutMs, fileMustExist: true });
    if (onEventLoop) this.#connection.pragma('wal_autocheckpoint = 0');
    this.#connection.pragma(`synchronous = ${data.sync === 'full' ? 'FULL' : 'NORMAL'}`);
    this.#connection.pragma('foreign_keys = ON');
    this.#connection.pragma('trusted_schema = OFF');
    this.#connection.pragma('journal_size_limit = 4194304');
  }

  apply(batch: Batch): number {
    return this.#connection.transaction(() => batch.reduce((changes, statement) => changes + this.#run(statement), 0)).immediate();
  }

  all(sql: string, params: SqlRow): unknown[] {
    const statement = this.#statement(sql);
    if (!statement.reader) throw new TypeError('all() takes a statement that returns rows');
    const rows: unknown[] = [];
    for (const row of statement.iterate(...params)) {
      if (rows.push(row) > maxRows) throw new RangeError(`a query returned more than ${maxRows} rows`);
    }
    return rows;
  }

  checkpoint(): void {
    this.#connection.pragma('wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#connection.close();
  }

  #run(statement: BatchStatement): number {
    const prepared = this.#statement(statement.sql);
    const rows = 'rows' in statement ? statement.rows : (JSON.parse(statement.rowsJson) as SqlRow[]);
    return rows.reduce((changes, row) => changes + prepared.run(...row).changes, 0);
  }

  #statement(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#connection.prepare(sql);
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** Answers requests on one connection, which is opened by the first request and again after `close`. */
export class DatabaseThread {
  readonly #data: ThreadData;
  #session: Session | undefined;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  answer(request: ThreadRequest): ThreadReply {
    try {
      return { id: request.id, ok: true, value: this.#perform(request) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return { id: request.id, ok: false, code, message: error instanceof Error ? error.message : String(error) };
    }
  }

  #perform(request: ThreadRequest): unknown {
    if (request.kind === 'close') return this.#close();
    this.#session ??= new Session(this.#data);
    if (request.kind === 'apply') return this.#session.apply(request.batch);
    if (request.kind === 'all') return this.#session.all(request.sql, request.params);
    if (request.kind === 'checkpoint') return this.#session.checkpoint();
    return undefined;
  }

  #close(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}

function serve(port: MessagePort): void {
  const thread = new DatabaseThread(workerData as ThreadData);
  port.on('message', (request: ThreadRequest) => port.postMessage(thread.answer(request), []));
}

if (parentPort !== null) serve(parentPort);
