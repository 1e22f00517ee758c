import type { LedgerUsage } from './ledger.js';

/** Why one rule did or did not choose. */
export interface DecisionStep {
  readonly rule: string;
  readonly fired: boolean;
  readonly because: readonly string[];
}

/** One routing decision: the features of a request and what followed from them, never its content. */
export interface DecisionRecord {
  readonly requestId: string;
  /** ms since the epoch */
  readonly at: number;
  /** Features the rules saw. Long texts are cut when stored: a prompt does not belong here. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly route: string;
  /** Targets in the order they were to be tried. */
  readonly attempts: readonly string[];
  readonly explanation: readonly DecisionStep[];
  /** How it ended, once known. */
  readonly outcome?: string;
  /** Target that answered, or failed last. */
  readonly target?: string;
  /** Model that answered, where it is another than the one in `facts`. */
  readonly model?: string;
  /** What the answer cost, as far as it was said. */
  readonly usage?: LedgerUsage;
}
