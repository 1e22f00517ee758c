import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One preopened file of the journal. Its methods throw the file system's errors. */
export class JournalFile {
  readonly path: string;
  /** Bytes that hold entries; what lies behind is the rest of a write that failed. */
  size: number;
  /** Entries written here that the database does not have yet. */
  uncommitted = 0;
  /** Those of them that are not in memory any more and have to be read back. */
  spilled = 0;
  #fd: number;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.size = fstatSync(this.#fd).size;
  }

  /** When it was written last, ms since the epoch. */
  get modifiedAt(): number {
    return fstatSync(this.#fd).mtimeMs;
  }

  read(): Buffer {
    return this.size === 0 ? Buffer.alloc(0) : readFileSync(this.path).subarray(0, this.size);
  }

  /** Writes at the end of the entries: a failed attempt is overwritten by the next one. */
  append(text: string): void {
    const bytes = Buffer.byteLength(text);
    const written = writeSync(this.#fd, text, this.size, 'utf8');
    if (written < bytes) this.#writeRest(Buffer.from(text), written);
    this.size += bytes;
  }

  /** Waits until the disk has it. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error))));
  }

  truncate(): void {
    ftruncateSync(this.#fd, 0);
    this.size = 0;
  }

  /** Opens the path again after an error: the descriptor may be dead, the file may have been replaced. */
  reopen(): void {
    this.close();
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.size = Math.min(this.size, fstatSync(this.#fd).size);
  }

  close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    try {
      closeSync(fd);
    } catch {
      // EBADF or EIO: there is nothing left to close, and what was written has been accounted for.
    }
  }

  #writeRest(bytes: Buffer, from: number): void {
    for (let offset = from; offset < bytes.length;) offset += writeSync(this.#fd, bytes, offset, bytes.length - offset, this.size + offset);
  }
}
