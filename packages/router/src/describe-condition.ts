import type { Condition } from '@ccproxy/config';
import { compileGlob } from './compile-glob.js';
import type { RequestFacts } from './plan.js';

/** Whether a condition holds, and why, in plain words with the numbers. */
export interface Described {
  readonly holds: boolean;
  readonly because: string;
}

const number = new Intl.NumberFormat('en-US');
const longestShown = 80;
const shown = (text: string): string => `"${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;
const either = (values: readonly string[]): string => (values.length === 0 ? 'nothing' : values.join(' or '));

function describeTokens(limits: { readonly over?: number; readonly under?: number }, { tokens }: RequestFacts, count: number): Described {
  const { over, under } = limits;
  const holds = count > (over ?? -Infinity) && count < (under ?? Infinity);
  const bounds = [
    ...(over === undefined ? [] : [`over ${number.format(over)}`]),
    ...(under === undefined ? [] : [`under ${number.format(under)}`]),
  ];
  return {
    holds,
    because: `${number.format(count)} input tokens (${tokens.exact ? 'counted' : 'estimated'}) are ${holds ? '' : 'not '}${bounds.join(' and ') || 'limited'}`,
  };
}

/** The words of an `all` that fails and of an `any` that holds are those of the parts that decided. */
function describeAll(parts: readonly Described[]): Described {
  const failing = parts.filter((part) => !part.holds);
  if (failing.length > 0) return { holds: false, because: failing.map((part) => part.because).join('; ') };
  return { holds: true, because: parts.length === 0 ? 'it asks for nothing' : parts.map((part) => part.because).join('; ') };
}

function describeAny(parts: readonly Described[]): Described {
  const holding = parts.find((part) => part.holds);
  if (holding !== undefined) return holding;
  return { holds: false, because: parts.length === 0 ? 'it lists no alternative' : parts.map((part) => part.because).join('; ') };
}

/** Explains a condition for one request; agrees with the compiled form in what holds. */
export function describeCondition(condition: Condition, facts: RequestFacts, tokens: number): Described {
  if ('all' in condition) return describeAll(condition.all.map((part) => describeCondition(part, facts, tokens)));
  if ('any' in condition) return describeAny(condition.any.map((part) => describeCondition(part, facts, tokens)));
  if ('not' in condition) {
    const { holds, because } = describeCondition(condition.not, facts, tokens);
    return { holds: !holds, because: `not wanted: ${because}` };
  }
  if ('class' in condition) {
    const holds = facts.class !== undefined && condition.class.includes(facts.class);
    const found = facts.class === undefined ? 'the client named no request class' : `the request class is ${facts.class}`;
    return { holds, because: holds ? found : `${found}, not ${either(condition.class)}` };
  }
  if ('model' in condition) {
    const pattern = condition.model.find((glob) => compileGlob(glob)(facts.model));
    if (pattern !== undefined) return { holds: true, because: `the model ${shown(facts.model)} matches ${shown(pattern)}` };
    return { holds: false, because: `the model ${shown(facts.model)} does not match ${either(condition.model.map(shown))}` };
  }
  if ('tokens' in condition) return describeTokens(condition.tokens, facts, tokens);
  const found = facts.stream ? 'the client asked for a stream' : 'the client asked for no stream';
  return { holds: facts.stream === condition.stream, because: found };
}
