import { compileGlob } from './compile-glob.js';
import type { Counts } from './compile-condition.js';
import type { Leaf } from './compile-leaf.js';
import { describeLegacy } from './describe-legacy.js';
import type { RequestFacts } from './request-facts.js';
import { either, number, shown, windowWords } from './wording.js';

/** Whether a leaf holds, as its compiled form found. */
type Verdict = boolean | undefined;

function describeTokens(limits: { readonly over?: number; readonly under?: number }, facts: RequestFacts, { all }: Counts): string {
  const { over, under } = limits;
  const holds = all > (over ?? -Infinity) && all < (under ?? Infinity);
  const bounds = [
    ...(over === undefined ? [] : [`over ${number.format(over)}`]),
    ...(under === undefined ? [] : [`under ${number.format(under)}`]),
  ];
  const how = facts.tokens.exact ? 'counted' : 'estimated';
  return `${number.format(all)} input tokens (${how}) are ${holds ? '' : 'not '}${bounds.join(' and ') || 'limited'}`;
}

/** Which name fits which pattern, or what there was instead. `what` is the subject: `the model`, `a declared tool`. */
function describeNames(what: string, none: string, patterns: readonly string[], names: readonly string[]): string {
  for (const pattern of patterns) {
    const fits = compileGlob(pattern);
    const name = names.find((each) => fits(each));
    if (name !== undefined) return `${what} ${shown(name)} matches ${shown(pattern)}`;
  }
  const [only] = names;
  if (only === undefined) return none;
  const wanted = either(patterns.map(shown));
  return names.length === 1 ? `${what} ${shown(only)} does not match ${wanted}` : `none of ${names.length} matches ${wanted}: ${what}`;
}

const optional = (name: string | null | undefined): readonly string[] => (name === undefined || name === null ? [] : [name]);

function describeThinking(condition: Extract<Leaf, { thinking: unknown }>['thinking'], { thinking }: RequestFacts): string {
  if (thinking === undefined || thinking === null) return 'the request does not mention thinking';
  const { budgetOver } = condition;
  const budget = thinking.budget === undefined ? 'no budget' : `a budget of ${number.format(thinking.budget)}`;
  return `it asks for thinking as ${shown(thinking.type)} with ${budget}${budgetOver === undefined ? '' : ` (over ${number.format(budgetOver)}?)`}`;
}

function describeTools({ declared, used, forced }: Extract<Leaf, { tool: unknown }>['tool'], facts: RequestFacts): string {
  return [
    ...(declared === undefined ? [] : [describeNames('a declared tool', 'it declares no tool', declared, facts.declaredTools ?? [])]),
    ...(used === undefined ? [] : [describeNames('a tool called before', 'no tool was called before', used, facts.usedTools ?? [])]),
    ...(forced === undefined ? [] : [describeNames('the forced tool', 'no tool is forced', forced, optional(facts.forcedTool))]),
  ].join('; ');
}

function describeClass(wanted: readonly string[], facts: RequestFacts, holds: Verdict): string {
  if (facts.class === undefined) return `the client named no request class, not ${either(wanted)}`;
  const found = `the request class is ${facts.class}${facts.classGuessed === true ? ' (told from the request)' : ''}`;
  return holds === true ? found : `${found}, not ${either(wanted)}`;
}

function describeCustom(name: string, { custom }: RequestFacts): string {
  const answer = custom !== undefined && Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (answer === undefined) return `the module ${name} was not asked`;
  if ('failed' in answer) return `the module ${name} failed: ${answer.failed}`;
  return `the module ${name} says ${answer.holds ? `yes${answer.to === undefined ? '' : `, to ${shown(answer.to)}`}` : 'no'}`;
}

/** Says in plain words, with the numbers, what was found. Texts that are not kept (system prompt, headers) are not shown. */
export function describeLeaf(leaf: Leaf, facts: RequestFacts, counts: Counts, holds: Verdict): string {
  const [does, is] = holds === true ? ['matches', 'is'] : ['does not match', 'is not'];
  if ('class' in leaf) return describeClass(leaf.class, facts, holds);
  if ('agentType' in leaf)
    return describeNames('the kind of agent', 'the client named no kind of agent', leaf.agentType, optional(facts.agentType));
  if ('model' in leaf) return describeNames('the model', 'there is no model', leaf.model, [facts.model]);
  if ('tokens' in leaf) return describeTokens(leaf.tokens, facts, counts);
  if ('thinking' in leaf) return describeThinking(leaf.thinking, facts);
  if ('tool' in leaf) return describeTools(leaf.tool, facts);
  if ('serverTool' in leaf) return describeNames('the server tool', 'it declares no server tool', leaf.serverTool, facts.serverTools ?? []);
  if ('image' in leaf) return facts.image === true ? 'it holds an image' : 'it holds no image';
  if ('system' in leaf) return `the system prompt ${does} ${either(leaf.system.map(shown))}`;
  if ('header' in leaf) {
    return Object.entries(leaf.header)
      .map(([name, patterns]) => `the header ${name} ${does} ${either(patterns.map(shown))}`)
      .join('; ');
  }
  if ('project' in leaf) return describeNames('the project', 'it comes from no known project', leaf.project, optional(facts.project));
  if ('session' in leaf) return describeNames('the session', 'the client named no session', leaf.session, optional(facts.sessionId));
  if ('user' in leaf) return describeNames('the user', 'it came without a token', leaf.user, optional(facts.user));
  if ('stream' in leaf) return facts.stream ? 'the client asked for a stream' : 'the client asked for no stream';
  if ('time' in leaf) {
    const at = facts.at === undefined || !(Math.abs(facts.at) <= 8.64e15) ? 'that moment' : new Date(facts.at).toISOString();
    return `${at} ${is} within ${windowWords(leaf.time)}`;
  }
  if ('custom' in leaf) return describeCustom(leaf.custom, facts);
  return describeLegacy(leaf.legacy, facts, counts);
}
