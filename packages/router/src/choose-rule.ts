import type { Attempt } from '@ccproxy/config';
import type { Counts } from './compile-condition.js';
import type { CompiledRule, RuleSet } from './compile-rules.js';
import type { RouteTable } from './compile-routes.js';
import type { ExplanationStep, Need } from './plan.js';
import type { RequestFacts } from './request-facts.js';
import { resolveName, select, type Selection, selectByModel } from './select-target.js';

/** A rule that leads to a target. */
export type TargetCase = Extract<CompiledRule, { kind: 'target' }>;

/** What the rules say for given token counts. */
export type Choice =
  | {
      readonly kind: 'rule';
      readonly route: string;
      /** undefined: none fired. */
      readonly fired: TargetCase | undefined;
      /** undefined: there is nothing to fall through to. */
      readonly attempts: readonly Attempt[] | undefined;
      readonly passed: readonly ExplanationStep[];
    }
  | {
      readonly kind: 'selected';
      readonly route: string;
      readonly selection: Extract<Selection, { kind: 'selected' }>;
      readonly tag: boolean;
      readonly passed: readonly ExplanationStep[];
    }
  | { readonly kind: 'refused'; readonly rule: string; readonly message: string; readonly passed: readonly ExplanationStep[] }
  | { readonly kind: 'need'; readonly needs: Need['needs'] };

/** A rule that was passed over although its condition does not say no. */
const passedOver = (rule: string, because: string): ExplanationStep => ({ rule, fired: false, because });

type Verdict =
  | { readonly kind: 'fires'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'not' }
  | { readonly kind: 'passed'; readonly because: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'need'; readonly needs: Need['needs'] };

const not: Verdict = { kind: 'not' };

/** Modules of a rule that were not asked yet, and why others gave no answer. */
function openModules({ modules }: TargetCase, { custom }: RequestFacts): { unasked: string[]; failed: [string, string][] } {
  const unasked: string[] = [];
  const failed: [string, string][] = [];
  for (const name of modules) {
    const answer = custom !== undefined && Object.hasOwn(custom, name) ? custom[name] : undefined;
    if (answer === undefined) unasked.push(name);
    else if ('failed' in answer) failed.push([name, answer.failed]);
  }
  return { unasked, failed };
}

/** The condition hangs on what is not known: modules are asked, other facts are not to be had. */
function hanging(compiled: TargetCase, facts: RequestFacts, table: RouteTable): Verdict {
  const { unasked, failed } = openModules(compiled, facts);
  const [missing] = unasked.filter((name) => !table.modules.has(name));
  if (missing !== undefined) return { kind: 'passed', because: `there is no routing module ${missing}` };
  if (unasked.length > 0) return { kind: 'need', needs: unasked.map((name) => `custom:${name}` as const) };
  const [first] = failed;
  if (first === undefined) return { kind: 'passed', because: 'what it asks is not known of this request' };
  const [name, reason] = first;
  const because = `the module ${name} failed: ${reason}`;
  const refuses = failed.some(([module]) => table.modules.get(module)?.onFailure === 'refuse');
  return refuses
    ? { kind: 'refused', message: `The rule ${compiled.rule.name} cannot be asked: ${because}.` }
    : { kind: 'passed', because };
}

/** Where the first of a rule's modules wants the request to go instead of `to`; undefined: nowhere else. */
function namedByModule({ modules }: TargetCase, { custom }: RequestFacts): { readonly module: string; readonly to: string } | undefined {
  for (const module of modules) {
    const answer = custom !== undefined && Object.hasOwn(custom, module) ? custom[module] : undefined;
    if (answer !== undefined && 'holds' in answer && answer.to !== undefined) return { module, to: answer.to };
  }
  return undefined;
}

/** A model that names a target is unknown to providers: it must not be sent as it is. */
const sendable = (attempts: readonly Attempt[], modelIsName: boolean): readonly Attempt[] =>
  modelIsName ? attempts.filter(({ model }) => model !== undefined) : attempts;

function ask(compiled: TargetCase, facts: RequestFacts, counts: Counts, table: RouteTable, modelIsName: boolean): Verdict {
  const verdict = compiled.matches(facts, counts);
  if (verdict === false) return not;
  if (verdict === undefined) return hanging(compiled, facts, table);
  const named = namedByModule(compiled, facts);
  const attempts = named === undefined ? compiled.attempts : resolveName(named.to, table);
  if (attempts === undefined)
    return { kind: 'passed', because: `the module ${named?.module} names "${named?.to.slice(0, 80)}", which is no target` };
  const possible = sendable(attempts, modelIsName);
  if (possible.length > 0 || attempts.length === 0) return { kind: 'fires', attempts: possible };
  return { kind: 'passed', because: `it keeps the model of the request, and "${facts.model.slice(0, 80)}" names a target` };
}

/** The first rule that fires, given token counts. Never throws: a rule that does fails alone. */
export function chooseRule(set: RuleSet, facts: RequestFacts, counts: Counts, table: RouteTable): Choice {
  const modelIsName = selectByModel(facts.model, table).kind !== 'none';
  const passed: ExplanationStep[] = [];
  for (const compiled of set.rules) {
    const { name } = compiled.rule;
    if (compiled.kind === 'broken') {
      passed.push(passedOver(name, compiled.because));
    } else if (compiled.kind === 'selector') {
      const selection = select(compiled.rule.selector, facts, table);
      if (selection.kind === 'unknown') return { kind: 'refused', rule: name, message: selection.message, passed };
      if (selection.kind === 'selected') return { kind: 'selected', route: name, selection, tag: compiled.rule.selector === 'tag', passed };
    } else {
      const verdict = safely(() => ask(compiled, facts, counts, table, modelIsName));
      if (verdict.kind === 'need') return verdict;
      if (verdict.kind === 'refused') return { kind: 'refused', rule: name, message: verdict.message, passed };
      if (verdict.kind === 'fires') return { kind: 'rule', route: name, fired: compiled, attempts: verdict.attempts, passed };
      if (verdict.kind === 'passed') passed.push(passedOver(name, verdict.because));
    }
  }
  const attempts = set.otherwise === undefined ? undefined : sendable(set.otherwise.attempts, modelIsName);
  return { kind: 'rule', route: 'default', fired: undefined, attempts, passed };
}

/** Conditions cannot throw; should one do so nevertheless, its rule alone is passed over. */
function safely(verdict: () => Verdict): Verdict {
  try {
    return verdict();
  } catch (error) {
    return { kind: 'passed', because: `it failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}
