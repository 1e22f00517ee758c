/** Called with one redacted line (without its newline) and how many lines were lost for this listener since its last one. */
export type LineListener = (line: string, dropped: number) => void | Promise<void>;

/** The one place log text goes through: it is redacted here, whatever its origin, and leaves only redacted. */
export interface LogSink {
  /** Where the lines go; undefined for a sink without a file. */
  readonly file: string | undefined;
  /** Lines lost so far because they could not be written. */
  readonly dropped: number;
  /** Takes one line, with or without its newline. Never throws, never waits. */
  write(line: string): void;
  /** Live lines for `logs --follow`. A slow listener (one whose promise is pending) loses lines beyond a bound and is told how many. */
  subscribe(listener: LineListener): () => void;
  /** Resolves when everything written so far is in the file, or known to be lost. */
  flush(): Promise<void>;
  /** Writes what is buffered before returning: for the last words of a dying process. */
  flushSync(): void;
  /** Flushes and closes; later lines are dropped. */
  close(): Promise<void>;
}
