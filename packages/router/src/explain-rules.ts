import type { Choice } from './choose-rule.js';
import type { CompiledRule, RuleSet } from './compile-rules.js';
import type { Counts } from './compile-condition.js';
import { describeCondition } from './describe-condition.js';
import type { ExplanationStep } from './plan.js';
import type { RequestFacts } from './request-facts.js';

const selectorFound = { any: 'the model names no target and no provider', comma: 'the model names no provider', tag: 'there is no tag' };

function reasonOf(compiled: CompiledRule, facts: RequestFacts, counts: Counts): string {
  if (compiled.kind === 'broken') return compiled.because;
  if (compiled.kind === 'selector') return selectorFound[compiled.rule.selector];
  return describeCondition(compiled.rule.when, { facts, counts, leaves: compiled.leaves }).because;
}

/** Every rule considered up to the one that decided, and why it fired or not. */
export function explainRules(set: RuleSet, facts: RequestFacts, counts: Counts, chosen: Choice): ExplanationStep[] {
  const route = chosen.kind === 'rule' || chosen.kind === 'selected' ? chosen.route : chosen.kind === 'refused' ? chosen.rule : '';
  const passed = new Map(chosen.kind === 'need' ? [] : chosen.passed.map((step) => [step.rule, step.because]));
  const steps: ExplanationStep[] = [];
  for (const compiled of set.rules) {
    const { name } = compiled.rule;
    const fires = name === route && (chosen.kind !== 'rule' || compiled === chosen.fired);
    if (fires && chosen.kind === 'selected') return [...steps, { rule: name, fired: true, because: chosen.selection.because }];
    if (fires && chosen.kind === 'refused') return [...steps, { rule: name, fired: false, because: chosen.message }];
    const because = passed.get(name);
    steps.push({ rule: name, fired: fires, because: because ?? reasonOf(compiled, facts, counts) });
    if (fires) return steps;
  }
  const because =
    set.otherwise === undefined
      ? 'no rule fired, and there is no target to fall through to'
      : `no rule fired: target ${set.otherwise.target}`;
  return [...steps, { rule: 'default', fired: set.otherwise !== undefined, because }];
}
