import type { Condition } from '@ccproxy/config';
import type { Counts, Matcher } from './compile-condition.js';
import { describeLeaf } from './describe-leaf.js';
import type { RequestFacts } from './request-facts.js';

/** Whether a condition holds, and why, in plain words with the numbers. */
export interface Described {
  /** undefined: a fact it needs is not known. */
  readonly holds: boolean | undefined;
  readonly because: string;
}

/** What a description is of. */
export interface DescribedFor {
  readonly facts: RequestFacts;
  readonly counts: Counts;
  /** Of the condition, as it was compiled. */
  readonly leaves: ReadonlyMap<Condition, Matcher>;
}

/** The words of an `all` that fails and of an `any` that holds are those of the parts that decided. */
function describeAll(parts: readonly Described[]): Described {
  const failing = parts.filter(({ holds }) => holds === false);
  if (failing.length > 0) return { holds: false, because: said(failing) };
  const holds = parts.every((part) => part.holds === true) ? true : undefined;
  return { holds, because: parts.length === 0 ? 'it asks for nothing' : said(parts) };
}

function describeAny(parts: readonly Described[]): Described {
  const holding = parts.find(({ holds }) => holds === true);
  if (holding !== undefined) return holding;
  const holds = parts.every((part) => part.holds === false) ? false : undefined;
  return { holds, because: parts.length === 0 ? 'it lists no alternative' : said(parts) };
}

const said = (parts: readonly Described[]): string => parts.map(({ because }) => because).join('; ');

/** Explains a condition for one request; agrees with the compiled form in what holds. */
export function describeCondition(condition: Condition, about: DescribedFor): Described {
  if ('all' in condition) return describeAll(condition.all.map((part) => describeCondition(part, about)));
  if ('any' in condition) return describeAny(condition.any.map((part) => describeCondition(part, about)));
  if ('not' in condition) {
    const { holds, because } = describeCondition(condition.not, about);
    return { holds: holds === undefined ? undefined : !holds, because: `not wanted: ${because}` };
  }
  const { facts, counts, leaves } = about;
  const holds = leaves.get(condition)?.(facts, counts);
  return { holds, because: `${describeLeaf(condition, facts, counts, holds)}${holds === undefined ? ' (not known)' : ''}` };
}
