import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Clock, errnoOf } from '@ccproxy/kernel';
import { readTail } from './log-tail.js';

export interface FollowOptions {
  readonly file: string;
  /** Lines of the past to begin with; 0. */
  readonly lines?: number;
  readonly clock: Clock;
  /** Ends the following. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** How often the file is looked at, ms; 250. */
  readonly pollMs?: number;
}

/** A line longer than this is passed on in parts. */
const maxHeld = 1024 * 1024;
const blockSize = 64 * 1024;

/**
 * Calls `onLine` for each line appended to a log until `signal` aborts, across rotations, truncation and a file that is not there yet. Polls:
 * notifications of file systems miss renames and do not cross containers.
 */
export async function followLines(options: FollowOptions): Promise<void> {
  const { file, clock, signal, onLine, pollMs = 250, lines = 0 } = options;
  let current = await Follower.open(file, lines, onLine);
  try {
    while (!signal.aborted) {
      await current?.readNew();
      if (current === undefined || (await current.isMoved())) {
        // What was written between the last look and the move is still in the old file.
        await current?.readNew();
        await current?.close();
        current = await Follower.open(file, undefined, onLine);
        await current?.readNew();
      }
      await pause(clock, pollMs, signal);
    }
  } finally {
    await current?.close();
  }
}

class Follower {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #inode: number;
  readonly #onLine: (line: string) => void;
  #offset: number;
  #held: Buffer = Buffer.alloc(0);

  private constructor(file: string, handle: FileHandle, inode: number, offset: number, onLine: (line: string) => void) {
    this.#file = file;
    this.#handle = handle;
    this.#inode = inode;
    this.#offset = offset;
    this.#onLine = onLine;
  }

  /** Opens the file behind its last `past` lines, which are passed on; at its beginning when `past` is undefined. undefined: there is none. */
  static async open(file: string, past: number | undefined, onLine: (line: string) => void): Promise<Follower | undefined> {
    try {
      const handle = await open(file, 'r');
      const { ino } = await handle.stat();
      const tail = past === undefined ? { lines: [], end: 0 } : await readTail(handle, past);
      for (const line of tail.lines) onLine(line);
      return new Follower(file, handle, ino, tail.end, onLine);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async readNew(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size < this.#offset) {
      this.#offset = 0;
      this.#held = Buffer.alloc(0);
    }
    while (this.#offset < size) {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(blockSize), 0, blockSize, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#passOn(Buffer.concat([this.#held, buffer.subarray(0, bytesRead)]));
    }
  }

  async isMoved(): Promise<boolean> {
    try {
      return (await stat(this.#file)).ino !== this.#inode;
    } catch (error) {
      // Moved away and not yet made anew: there is nothing to open either.
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #passOn(text: Buffer): void {
    let start = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, start)) {
      this.#onLine(text.toString('utf8', start, end));
      start = end + 1;
    }
    this.#held = text.subarray(start);
    if (this.#held.length <= maxHeld) return;
    this.#onLine(this.#held.toString('utf8'));
    this.#held = Buffer.alloc(0);
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(done, ms);
    function done(): void {
      timer.clear();
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
