import type { Condition } from '@ccproxy/config';
import { compileLeaf } from './compile-leaf.js';
import { errors } from './errors.js';
import type { FactName, RequestFacts } from './request-facts.js';

/** The counts to decide with: of the whole request, and of the text of its messages. */
export interface Counts {
  readonly all: number;
  readonly text: number;
}

/** A condition ready to be asked; undefined: it hangs on a fact that is not known. Cannot throw. */
export type Matcher = (facts: RequestFacts, counts: Counts) => boolean | undefined;

/** What a condition reads, collected while it is compiled. */
export interface Collected {
  readonly reads: Set<FactName>;
  /** Token counts at which an answer changes: of the whole request, and of the text of its messages. */
  readonly thresholds: number[];
  readonly textThresholds: number[];
  /** Patterns over the system prompt, and over headers by name. */
  readonly system: string[];
  readonly headers: (readonly [name: string, pattern: string])[];
  /** Routing modules it asks. */
  readonly modules: string[];
}

export const nothingCollected = (): Collected => ({
  reads: new Set(),
  thresholds: [],
  textThresholds: [],
  system: [],
  headers: [],
  modules: [],
});

export interface CompileOptions {
  /** Names the rule in an error. */
  readonly rule: string;
  /** Stands in for a time without a zone; UTC when absent. */
  readonly zone?: string;
}

export interface CompiledCondition extends Readonly<Collected> {
  readonly matches: Matcher;
  /** The conditions in it that hold no other, for explaining them without compiling them again. */
  readonly leaves: ReadonlyMap<Condition, Matcher>;
}

const deepest = 100;

/** Compiles a condition once, at load. Throws CCP_ROUTE_TOO_DEEP. */
export function compileCondition(condition: Condition, { rule, zone = 'UTC' }: CompileOptions): CompiledCondition {
  const collected = nothingCollected();
  const leaves = new Map<Condition, Matcher>();
  const compile = (part: Condition, depth: number): Matcher => {
    if (depth > deepest)
      throw errors.CCP_ROUTE_TOO_DEEP({ message: `The condition of the rule ${rule} is nested more than ${deepest} deep.` });
    const inner = (of: Condition): Matcher => compile(of, depth + 1);
    if ('all' in part) return combine(part.all.map(inner), false);
    if ('any' in part) return combine(part.any.map(inner), true);
    if (!('not' in part)) {
      const leaf = compileLeaf(part, collected, zone);
      leaves.set(part, leaf);
      return leaf;
    }
    const matches = inner(part.not);
    return (facts, counts) => {
      const verdict = matches(facts, counts);
      return verdict === undefined ? undefined : !verdict;
    };
  };
  return { matches: compile(condition, 0), leaves, ...collected };
}

/** `any` (one `true` decides) or `all` (one `false` decides); an unknown part counts only when none decides. */
const combine =
  (parts: readonly Matcher[], decisive: boolean): Matcher =>
  (facts, counts) => {
    let known: boolean | undefined = !decisive;
    for (const matches of parts) {
      const verdict = matches(facts, counts);
      if (verdict === decisive) return decisive;
      if (verdict === undefined) known = undefined;
    }
    return known;
  };
