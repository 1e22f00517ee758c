import type { Worker } from 'node:worker_threads';
import type { CcproxyError, Clock, Logger, Timer } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { openDatabase, type OpenDatabaseOptions, rebuildDatabase, type SyncMode } from './open-database.js';
import { SmallWork } from './small-work.js';
import { startDatabaseThread } from './start-database-thread.js';
import { toStoreError } from './sqlite-error.js';
import type { Batch, SqlRow, ThreadData, ThreadReply, ThreadRequest } from './thread-protocol.js';

/** A database whose statements run in a worker thread, so that the event loop never waits for the disk. */
export interface DatabaseWorker {
  readonly file: string;
  /** Runs the statements in order in one transaction and returns how many rows changed. `long`: they look at many rows. */
  apply(batch: Batch, options?: { readonly long?: boolean }): Promise<number>;
  /** Rows of one query (100 000 at most, else it fails), as objects by column name. Runs after everything applied before it. */
  all(sql: string, params?: SqlRow): Promise<unknown[]>;
  /** The first row of a query that finds few, by a key. */
  first(sql: string, params?: SqlRow): Promise<unknown>;
  /** Moves the write-ahead log into the database file and fsyncs it. */
  checkpoint(): Promise<void>;
  health(): DatabaseHealth;
  /** Finishes what waits, then closes. Later calls are refused. */
  close(): Promise<void>;
}

export interface DatabaseHealth {
  /** `degraded`: the last statement failed for a reason that lies in the file or the thread. */
  readonly state: 'ok' | 'degraded';
  /** Requests on their way. */
  readonly pending: number;
  readonly lastError: CcproxyError | undefined;
  /** CCP_STORE_CORRUPT while this process has replaced a damaged file; `details.quarantined` names it. */
  readonly notice: CcproxyError | undefined;
}

export interface OpenDatabaseWorkerOptions extends OpenDatabaseOptions {
  /** Requests allowed to wait before CCP_STORE_BUSY; 256 when absent. */
  readonly maxPending?: number;
  /** Characters of JSON rows allowed to wait before CCP_STORE_BUSY; 32 Mi when absent. */
  readonly maxPendingBytes?: number;
  /**
   * Characters of rows that are written on the event loop while no thread works (see `SmallWork`). 0 when absent, and with `sync: full`: the
   * thread does everything.
   */
  readonly smallBatch?: number;
  /** How long a thread without work stays, ms, when there is a `smallBatch`; 60 000 when absent. */
  readonly threadRestMs?: number;
  /** Starts the thread; `startDatabaseThread` when absent. */
  readonly startThread?: (data: ThreadData) => Worker;
}

/**
 * Opens (creates, checks, migrates) a database and hands it to a worker thread. Besides the errors of `openDatabase`,
 * each call may be refused with CCP_STORE_BUSY (queue full), CCP_STORE_UNAVAILABLE (closed, thread died; the next call
 * starts a new one) or the coded form of its own failure. A database found damaged in use is set aside and replaced;
 * the call that found it fails with CCP_STORE_CORRUPT and may be repeated.
 */
export async function openDatabaseWorker(options: OpenDatabaseWorkerOptions): Promise<DatabaseWorker> {
  const database = await openDatabase(options);
  database.close();
  const { smallBatch = 0, sync } = options;
  const small = smallBatch > 0 && sync !== 'full' ? await smallWork(database.file) : undefined;
  return new ThreadedDatabase(database.file, options, database.notice, small);
}

async function smallWork(file: string): Promise<SmallWork> {
  const { DatabaseThread } = await import('./database-thread.js');
  return new SmallWork(file, new DatabaseThread({ file, sync: 'normal', onEventLoop: true }));
}

interface Waiting {
  readonly size: number;
  resolve(value: unknown): void;
  reject(error: CcproxyError): void;
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A file damaged again sooner than this is left alone: the disk is failing, not the database. */
const rebuildPauseMs = 60_000;

class ThreadedDatabase implements DatabaseWorker {
  readonly file: string;
  readonly #options: OpenDatabaseWorkerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sync: SyncMode;
  readonly #small: SmallWork | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #rest: Timer | undefined;
  #nextId = 1;
  #pendingBytes = 0;
  #lastError: CcproxyError | undefined;
  #notice: CcproxyError | undefined;
  #rebuilding: Promise<void> | undefined;
  #rebuiltAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(file: string, options: OpenDatabaseWorkerOptions, notice: CcproxyError | undefined, small?: SmallWork) {
    this.file = file;
    this.#small = small;
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#sync = options.sync ?? 'normal';
    this.#notice = notice;
  }

  async apply(batch: Batch, { long = false }: { readonly long?: boolean } = {}): Promise<number> {
    const size = sizeOf(batch);
    const changes = await this.#admit({ kind: 'apply', batch }, size, !long && size <= (this.#options.smallBatch ?? 0));
    if (this.#worker === undefined && this.#small?.logIsFull() === true) this.#moveLog();
    return Number(changes);
  }

  async all(sql: string, params: SqlRow = []): Promise<unknown[]> {
    const rows = await this.#admit({ kind: 'all', sql, params }, 0);
    return Array.isArray(rows) ? rows : [];
  }

  async first(sql: string, params: SqlRow = []): Promise<unknown> {
    const rows = await this.#admit({ kind: 'all', sql, params }, 0, true);
    return Array.isArray(rows) ? rows[0] : undefined;
  }

  async checkpoint(): Promise<void> {
    await this.#admit({ kind: 'checkpoint' }, 0);
  }

  health(): DatabaseHealth {
    return {
      state: this.#lastError === undefined ? 'ok' : 'degraded',
      pending: this.#waiting.size,
      lastError: this.#lastError,
      notice: this.#notice,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#rebuilding;
    this.#rest?.clear();
    this.#small?.close();
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.#send({ kind: 'close' }, 0).catch((error: unknown) => {
      this.#logger.warn({ file: this.file, error: String(error) }, 'database did not close cleanly');
    });
    this.#worker = undefined;
    await worker.terminate();
  }

  async #admit(request: Unnumbered<ThreadRequest>, size: number, small = false): Promise<unknown> {
    this.#refuseIfClosed();
    const maxPending = this.#options.maxPending ?? 256;
    const maxBytes = this.#options.maxPendingBytes ?? 32 * 1024 * 1024;
    if (this.#waiting.size >= maxPending || (this.#waiting.size > 0 && this.#pendingBytes + size > maxBytes)) {
      throw errors.CCP_STORE_BUSY({
        message: `${this.#waiting.size} writes wait for database ${this.file} already`,
        where: { file: this.file },
      });
    }
    if (this.#rebuilding !== undefined) {
      await this.#rebuilding;
      this.#refuseIfClosed();
    }
    const reply = small && this.#worker === undefined ? this.#small?.answer({ ...request, id: 0 }) : undefined;
    return reply === undefined ? this.#send(request, size) : this.#valueOf(reply);
  }

  /** By the thread, which is sent home when it has done that and nothing else comes. */
  #moveLog(): void {
    this.checkpoint().catch((error: unknown) => {
      this.#logger.warn({ file: this.file, error: String(error) }, 'write-ahead log not moved into the database');
    });
  }

  #refuseIfClosed(): void {
    if (!this.#closed) return;
    throw errors.CCP_STORE_UNAVAILABLE({ message: `database ${this.file} is closed`, where: { file: this.file } });
  }

  #send(request: Unnumbered<ThreadRequest>, size: number): Promise<unknown> {
    const worker = (this.#worker ??= this.#start());
    this.#rest?.clear();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      worker.postMessage({ ...request, id }, []);
      worker.ref();
      this.#waiting.set(id, { size, resolve, reject });
      this.#pendingBytes += size;
    });
  }

  #start(): Worker {
    const data: ThreadData = { file: this.file, sync: this.#sync };
    const worker = (this.#options.startThread ?? startDatabaseThread)(data);
    worker.on('message', (reply: ThreadReply) => this.#settle(worker, reply));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', (code) => this.#lose(worker, new Error(`database thread ended with ${code}`)));
    worker.unref();
    return worker;
  }

  #settle(worker: Worker, reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#forget(reply.id, waiting);
    if (this.#waiting.size === 0) this.#atRest(worker);
    try {
      waiting.resolve(this.#valueOf(reply));
    } catch (error) {
      waiting.reject(error as CcproxyError);
    }
  }

  /** @throws what the reply says, coded */
  #valueOf(reply: ThreadReply): unknown {
    if (reply.ok) {
      this.#lastError = undefined;
      return reply.value;
    }
    const error = toStoreError(Object.assign(new Error(reply.message), { code: reply.code }), this.file);
    if (isFault(reply.code)) this.#lastError = error;
    if (error.code === 'CCP_STORE_CORRUPT') this.#rebuild(error);
    throw error;
  }

  /** A thread without work holds up no end of the process, and ends after a while where small work needs none. */
  #atRest(worker: Worker): void {
    worker.unref();
    if (this.#small === undefined) return;
    const end = (): void => {
      if (this.#worker !== worker || this.#waiting.size > 0) return;
      this.#worker = undefined;
      void worker.terminate();
    };
    this.#rest?.clear();
    this.#rest = this.#clock.setTimeout(end, this.#options.threadRestMs ?? threadRestMs, { unref: true });
  }

  /** The thread is gone: whatever waited fails, the next request starts another. */
  #lose(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const error = errors.CCP_STORE_UNAVAILABLE({
      message: `the thread of database ${this.file} died: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: { file: this.file },
      cause,
    });
    this.#lastError = error;
    this.#logger.error({ file: this.file, error: error.message }, 'database thread died');
    for (const [id, waiting] of this.#waiting) {
      this.#forget(id, waiting);
      waiting.reject(error);
    }
  }

  #forget(id: number, waiting: Waiting): void {
    this.#waiting.delete(id);
    this.#pendingBytes -= waiting.size;
  }

  #rebuild(cause: CcproxyError): void {
    if (this.#rebuilding !== undefined || this.#clock.monotonic() - this.#rebuiltAt < rebuildPauseMs) return;
    this.#rebuiltAt = this.#clock.monotonic();
    this.#rebuilding = this.#replaceFile(cause)
      .catch((error: unknown) => {
        this.#logger.error({ file: this.file, error: String(error) }, 'damaged database could not be replaced');
      })
      .finally(() => {
        this.#rebuilding = undefined;
      });
  }

  async #replaceFile(cause: CcproxyError): Promise<void> {
    this.#small?.close();
    await this.#send({ kind: 'close' }, 0);
    const fresh = await rebuildDatabase(this.#options, cause);
    fresh.close();
    this.#notice = fresh.notice;
  }
}

/** A thread costs 50 ms to start: not for every batch of somebody who thinks in between. */
const threadRestMs = 5 * 60_000;
/** True for failures of the file or the machine, as opposed to a wrong statement. */
function isFault(code: string): boolean {
  return code !== 'SQLITE_ERROR' && !code.startsWith('SQLITE_CONSTRAINT') && code.startsWith('SQLITE_');
}

function sizeOf(batch: Batch): number {
  return batch.reduce((size, statement) => size + ('rowsJson' in statement ? statement.rowsJson.length : statement.rows.length * 64), 0);
}
