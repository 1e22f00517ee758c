/** What one caller or key has taken of its allowance and what has not become free again. */
export interface Taken {
  /** Who, among those of one owner. Never a secret. */
  readonly name: string;
  readonly requests: number;
  readonly tokens: number;
  /** ms for which it must not be used at all. */
  readonly closed: number;
}

/** What is taken, and how near to the end of the allowance that is: the part of a minute's worth. */
export interface TakenShare extends Taken {
  readonly share: number;
}

/** Allowances that outlive the process. */
export interface Allowances {
  /** Everybody with something taken, since `mark` or ever. */
  taken(): readonly TakenShare[];
  /** Takes it again, less what became free in the `elapsed` ms since then. Whoever is unknown is left out. */
  takeAgain(taken: Taken, elapsed: number): void;
  /** From now on `taken` tells only what is taken from now on; `unmark`: everything again. */
  mark(): void;
  unmark(): void;
}
