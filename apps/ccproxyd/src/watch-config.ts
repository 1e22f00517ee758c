import type { FSWatcher, Stats } from 'node:fs';
import path from 'node:path';
import type { Clock, Logger, Timer } from '@ccproxy/kernel';

/** What is needed of the file system. */
export interface WatchedFiles {
  watch(directory: string, listener: () => void): FSWatcher;
  stat(file: string): Promise<Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>>;
  realpath(file: string): Promise<string>;
}

export interface WatchConfigOptions {
  /** The file now; it may not exist yet. */
  readonly file: () => string;
  readonly files: WatchedFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The file is another than before. Called when it has been quiet for a moment. */
  readonly onChange: () => void;
}

/** Editors write in several steps; a file is looked at when nothing has happened for so long, ms. */
const quietMs = 100;
/** The times of files come from a clock that is a little behind, ms. */
const clockSlack = 20;
/** Where the system cannot watch, the file is looked at this often, ms. */
const lookMs = 5000;

/**
 * Tells when a file changes, also when it is replaced by another of its name, or is a link and what it leads to changes. Watches the
 * directories, because a watch on the file itself ends with the file.
 */
export class ConfigWatch {
  readonly #options: WatchConfigOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #print = '';
  #timer: Timer | undefined;
  #polls = false;
  #ended = false;

  constructor(options: WatchConfigOptions) {
    this.#options = options;
  }

  /** @param readAt when the file was read, ms since the epoch: what was written after that is a change */
  async start(readAt: number): Promise<void> {
    const { files, file } = this.#options;
    this.#print = await this.#fingerprint();
    await this.#aim();
    const written = await files.stat(file()).catch(() => undefined);
    if (written === undefined || written.mtimeMs < readAt - clockSlack) return;
    this.#print = '';
    this.#lookIn(quietMs);
  }

  end(): void {
    this.#ended = true;
    this.#timer?.clear();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches the directories of the file and of what it leads to, and no other. */
  async #aim(): Promise<void> {
    const { files, file } = this.#options;
    const named = file();
    const real = await files.realpath(named).catch(() => named);
    if (this.#ended) return;
    const wanted = new Set([path.dirname(named), path.dirname(real)]);
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of wanted) if (!this.#watchers.has(directory)) this.#watch(directory);
  }

  #watch(directory: string): void {
    try {
      const watcher = this.#options.files.watch(directory, () => this.#lookIn(quietMs));
      watcher.on('error', (error) => this.#poll(error));
      this.#watchers.set(directory, watcher);
    } catch (error) {
      this.#poll(error);
    }
  }

  #poll(error: unknown): void {
    if (this.#polls || this.#ended) return;
    this.#polls = true;
    this.#options.logger.warn({ err: error }, 'the configuration file cannot be watched and is looked at every few seconds');
    this.#lookIn(lookMs);
  }

  #lookIn(ms: number): void {
    if (this.#ended) return;
    this.#timer?.clear();
    this.#timer = this.#options.clock.setTimeout(() => void this.#look(), ms, { unref: true });
  }

  async #look(): Promise<void> {
    const print = await this.#fingerprint();
    if (this.#ended) return;
    if (print !== this.#print) {
      this.#print = print;
      await this.#aim();
      this.#options.onChange();
    }
    if (this.#polls) this.#lookIn(lookMs);
  }

  async #fingerprint(): Promise<string> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await this.#options.files.stat(this.#options.file());
      return [ino, size, mtimeMs, ctimeMs].join(':');
    } catch {
      // Not there, or not to be read: reading it says which.
      return 'absent';
    }
  }
}
