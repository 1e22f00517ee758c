import { writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '@ccproxy/kernel';

export interface RotationOptions {
  /** A new file at each UTC day. */
  readonly daily: boolean;
  /** A new file before this one grows over this many bytes. */
  readonly maxBytes: number;
  /** Rotated files kept besides the current one. */
  readonly keep: number;
}

/** How often the file is checked for having been moved or removed by others, ms. */
const checkEveryMs = 5000;

/**
 * An append-only file of mode 0600 that starts anew daily and by size: `ccproxy.log` becomes `ccproxy.2026-11-20.1.log`. It can be shared by two
 * processes for a while (a restart): appends do not mix, and a file moved away by the other one is noticed. Calls must not overlap.
 */
export class RotatingFile {
  readonly #file: string;
  readonly #rotation: RotationOptions;
  readonly #now: () => number;
  #handle: FileHandle | undefined;
  #inode = 0;
  #size = 0;
  #day = '';
  #regular = true;
  #checkedAt = 0;

  constructor(file: string, rotation: RotationOptions, now: () => number) {
    this.#file = file;
    this.#rotation = rotation;
    this.#now = now;
  }

  /**
   * Appends and returns how many bytes were taken, which may be a part. Rotates first when due, except with `continued`: the rest of a piece
   * belongs into the file of its beginning. Empty data only opens the file.
   */
  async append(data: Buffer, continued: boolean): Promise<number> {
    const handle = await this.#ready(data.length, continued);
    if (data.length === 0) return 0;
    const { bytesWritten } = await handle.write(data);
    if (bytesWritten === 0) throw new Error('the file takes no more');
    this.#size += bytesWritten;
    return bytesWritten;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /** Appends before returning, if the file is open; never rotates. */
  appendSync(data: Buffer): void {
    const fd = this.#handle?.fd;
    if (fd === undefined) return;
    for (let rest = data; rest.length > 0;) rest = rest.subarray(writeSync(fd, rest));
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #ready(incoming: number, continued: boolean): Promise<FileHandle> {
    await this.#closeIfMoved();
    const handle = this.#handle ?? (await this.#open());
    if (continued || !this.#isDue(incoming)) return handle;
    await this.close();
    await this.#rotate();
    return this.#open();
  }

  #isDue(incoming: number): boolean {
    if (!this.#regular || this.#size === 0) return false;
    return this.#size + incoming > this.#rotation.maxBytes || (this.#rotation.daily && this.#day !== dayOf(this.#now()));
  }

  async #open(): Promise<FileHandle> {
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const handle = await open(this.#file, 'a', 0o600);
    const stats = await handle.stat();
    this.#regular = stats.isFile();
    if (this.#regular && (stats.mode & 0o077) !== 0) await handle.chmod(0o600);
    this.#handle = handle;
    this.#inode = stats.ino;
    this.#size = stats.size;
    this.#day = dayOf(stats.size === 0 ? this.#now() : stats.mtimeMs);
    this.#checkedAt = this.#now();
    return handle;
  }

  async #closeIfMoved(): Promise<void> {
    const now = this.#now();
    if (this.#handle === undefined || !this.#regular || Math.abs(now - this.#checkedAt) < checkEveryMs) return;
    this.#checkedAt = now;
    if ((await inodeOf(this.#file)) !== this.#inode) await this.close();
  }

  async #rotate(): Promise<void> {
    const name = path.parse(this.#file);
    const old = await this.#rotated();
    const next = 1 + Math.max(0, ...old.filter((entry) => entry.day === this.#day).map((entry) => entry.number));
    await rename(this.#file, path.join(name.dir, `${name.name}.${this.#day}.${next}${name.ext}`));
    for (const entry of old.slice(0, Math.max(0, old.length + 1 - this.#rotation.keep)))
      await rm(path.join(name.dir, entry.name), { force: true });
  }

  async #rotated(): Promise<RotatedName[]> {
    return rotatedNames(this.#file, await readdir(path.dirname(this.#file)));
  }
}

interface RotatedName {
  readonly name: string;
  readonly day: string;
  readonly number: number;
}

/** Of `names`, the rotated predecessors of `file`, oldest first. */
export function rotatedNames(file: string, names: readonly string[]): RotatedName[] {
  const { name: stem, ext } = path.parse(file);
  return names
    .flatMap((name) => {
      const middle = name.startsWith(`${stem}.`) && name.endsWith(ext) ? name.slice(stem.length + 1, name.length - ext.length) : '';
      const match = /^(\d{4}-\d{2}-\d{2})\.(\d{1,9})$/.exec(middle);
      return match === null ? [] : [{ name, day: match[1] ?? '', number: Number(match[2]) }];
    })
    .sort((a, b) => a.day.localeCompare(b.day) || a.number - b.number);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

async function inodeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).ino;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return -1;
    throw error;
  }
}
