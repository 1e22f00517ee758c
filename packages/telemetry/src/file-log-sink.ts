import { asCcproxyError, type CcproxyError, type Clock, type Redactor, type Timer } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { LiveLines } from './live-lines.js';
import type { LogSink } from './log-sink.js';
import { escapeUnprintable } from './printable.js';
import { RotatingFile, type RotationOptions } from './rotating-file.js';

export interface LogSinkOptions {
  readonly file: string;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Daily, 20 MiB, 14 files. */
  readonly rotate?: Partial<RotationOptions>;
  /** Told once when the log becomes unwritable, and again only after it has worked in between. */
  readonly onProblem?: (error: CcproxyError) => void;
  /** How long lines are collected before they are written, ms; 20. */
  readonly flushMs?: number;
}

/** Most text waiting for the disk, characters; beyond it lines are dropped and counted. */
const maxBuffered = 4 * 1024 * 1024;
/** Most text given to the file in one piece, characters. */
const maxPieceSize = 256 * 1024;
/** Delay before an unwritable file is tried again, ms. */
const retryMs = 1000;

/**
 * Opens the log of a process: every line is redacted, freed of control characters, handed to the live listeners and appended to a file of mode
 * 0600 that rotates daily (UTC) and by size. Not being able to write never throws and never stops the process: lines wait in a bounded buffer,
 * are dropped and counted beyond it, and the count is logged when writing works again.
 *
 * The rotation is our own because pino-roll names the current file with a number (`ccproxy.1.log`; the contract is `ccproxy.log`), runs on its own
 * timers, cannot keep lines while the disk is full, and costs 85 ms to load.
 */
export async function createLogSink(options: LogSinkOptions): Promise<LogSink> {
  const sink = new FileLogSink(options);
  await sink.flush();
  return sink;
}

class FileLogSink implements LogSink {
  readonly file: string;
  readonly #options: LogSinkOptions;
  readonly #output: RotatingFile;
  readonly #live = new LiveLines();
  #lines: string[] = [];
  /** How many lines ever entered the buffer. */
  #accepted = 0;
  #buffered = 0;
  /** What is left of the piece being written. */
  #rest: Buffer = Buffer.alloc(0);
  readonly #pieceSize: number;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  #closed = false;
  #dropped = 0;
  #reported = 0;

  constructor(options: LogSinkOptions) {
    this.#options = options;
    this.file = options.file;
    const { daily = true, maxBytes = 20 * 1024 * 1024, keep = 14 } = options.rotate ?? {};
    this.#pieceSize = Math.min(maxPieceSize, maxBytes);
    this.#output = new RotatingFile(options.file, { daily, maxBytes, keep }, () => options.clock.now());
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    const text = escapeUnprintable(this.#options.redactor.redact(line.endsWith('\n') ? line.slice(0, -1) : line));
    this.#live.publish(text);
    if (this.#closed || this.#buffered + text.length > maxBuffered) {
      this.#dropped++;
      return;
    }
    this.#lines.push(text);
    this.#accepted++;
    this.#buffered += text.length + 1;
    this.#schedule(this.#failing ? retryMs : (this.#options.flushMs ?? 20));
  }

  subscribe = (listener: Parameters<LogSink['subscribe']>[0]) => this.#live.subscribe(listener);

  async flush(): Promise<void> {
    this.#cancelTimer();
    // A write that is under way began before the newest lines: wait for it, then write those.
    if (this.#writing !== undefined) await this.#writing;
    await this.#start();
  }

  flushSync(): void {
    if (!this.#output.isOpen) return;
    this.#cancelTimer();
    try {
      // What is being written already is left to its write: it must not appear twice.
      const rest = this.#writing === undefined ? this.#rest : Buffer.alloc(0);
      this.#output.appendSync(Buffer.concat([rest, this.#take(Number.POSITIVE_INFINITY)]));
      if (this.#writing === undefined) this.#rest = Buffer.alloc(0);
    } catch (error) {
      this.#fail(error);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    this.#dropped += this.#lines.length;
    this.#live.clear();
    await this.#output.close();
  }

  #schedule(ms: number): void {
    if (this.#closed || this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = this.#options.clock.setTimeout(
      () => {
        this.#timer = undefined;
        void this.#start();
      },
      ms,
      { unref: true },
    );
  }

  #cancelTimer(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #start(): Promise<void> {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
      if (this.#lines.length > 0 || this.#rest.length > 0) this.#schedule(this.#failing ? retryMs : (this.#options.flushMs ?? 20));
    });
    return this.#writing;
  }

  async #drain(): Promise<void> {
    // Only what is there now: somebody who never stops writing must not keep a flush from ending.
    const goal = this.#accepted;
    try {
      do {
        const continued = this.#rest.length > 0;
        if (!continued) this.#rest = this.#take(this.#pieceSize);
        const written = await this.#output.append(this.#rest, continued);
        this.#rest = this.#rest.subarray(written);
        if (this.#rest.length === 0) this.#recovered();
      } while (this.#rest.length > 0 || this.#accepted - this.#lines.length < goal);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes lines of about `limit` characters out of the buffer. */
  #take(limit: number): Buffer {
    let size = 0;
    let count = 0;
    while (count < this.#lines.length && size < limit) size += (this.#lines[count++] ?? '').length + 1;
    if (count === 0) return Buffer.alloc(0);
    this.#buffered -= size;
    return Buffer.from(`${this.#lines.splice(0, count).join('\n')}\n`);
  }

  #recovered(): void {
    this.#failing = false;
    const lost = this.#dropped - this.#reported;
    if (lost === 0) return;
    this.#reported = this.#dropped;
    const time = new Date(this.#options.clock.now()).toISOString();
    this.write(JSON.stringify({ level: 'warn', time, dropped: lost, msg: 'log lines were lost while the log could not be written' }));
  }

  #fail(cause: unknown): void {
    void this.#output.close().catch(() => {
      // The file is broken already; the original failure is the one to report.
    });
    if (this.#failing) return;
    this.#failing = true;
    const reason = asCcproxyError(cause).message;
    this.#options.onProblem?.(
      errors.CCP_LOG_UNWRITABLE({ message: `the log ${this.file} cannot be written: ${reason}`, where: { file: this.file }, cause }),
    );
  }
}
