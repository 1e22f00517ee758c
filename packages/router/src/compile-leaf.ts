import type { Condition } from '@ccproxy/config';
import type { Collected, Matcher } from './compile-condition.js';
import { compileGlob } from './compile-glob.js';
import { compileLegacy } from './compile-legacy.js';
import { compileTime } from './compile-time.js';
import { type FactName, headerKey, type RequestFacts, systemKey } from './request-facts.js';

/** A condition that holds no other. */
export type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>;

type Names = readonly string[] | string | null | undefined;

/** Whether one of some names fits one of some patterns; unknown when the names are. */
function fits(patterns: readonly string[]): (names: Names) => boolean | undefined {
  const globs = patterns.map((pattern) => compileGlob(pattern));
  const one = (name: string): boolean => globs.some((matches) => matches(name));
  return (names) => {
    if (names === undefined) return undefined;
    if (names === null) return false;
    return typeof names === 'string' ? one(names) : names.some(one);
  };
}

/** Whether one of the patterns was found to fit; unknown when one that could decide was never tried. */
function tried(keys: readonly string[], { matches }: RequestFacts): boolean | undefined {
  const found = keys.map((key) => (matches !== undefined && Object.hasOwn(matches, key) ? matches[key] : undefined));
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
}

/** Both hold; absent ones are not asked. */
const both = (parts: readonly (Matcher | undefined)[]): Matcher => {
  const asked = parts.filter((part) => part !== undefined);
  return (facts, counts) => {
    let known: boolean | undefined = true;
    for (const matches of asked) {
      const verdict = matches(facts, counts);
      if (verdict === false) return false;
      if (verdict === undefined) known = undefined;
    }
    return known;
  };
};

const namesFit = (patterns: readonly string[] | undefined, names: (facts: RequestFacts) => Names): Matcher | undefined => {
  if (patterns === undefined) return undefined;
  const matches = fits(patterns);
  return (facts) => matches(names(facts));
};

/** Compiles a condition that holds no other, and notes what it reads. `zone` stands in for a time without one. */
export function compileLeaf(condition: Leaf, collected: Collected, zone: string): Matcher {
  const read = (...names: FactName[]): void => names.forEach((name) => collected.reads.add(name));
  if ('class' in condition) {
    read('class');
    const classes = new Set(condition.class);
    return (facts) => facts.class !== undefined && classes.has(facts.class);
  }
  if ('agentType' in condition) return namesFit(condition.agentType, ({ agentType }) => agentType ?? null) ?? never;
  if ('model' in condition) return namesFit(condition.model, ({ model }) => model) ?? never;
  if ('session' in condition) return namesFit(condition.session, ({ sessionId }) => sessionId ?? null) ?? never;
  if ('stream' in condition) return (facts) => facts.stream === condition.stream;
  if ('tokens' in condition) {
    const { over = -Infinity, under = Infinity } = condition.tokens;
    collected.thresholds.push(...[over, under - 1].filter(Number.isFinite));
    return (_facts, { all }) => all > over && all < under;
  }
  if ('thinking' in condition) {
    read('thinking');
    const { type, budgetOver } = condition.thinking;
    const budget: Matcher = ({ thinking }) => (thinking === undefined ? undefined : (thinking?.budget ?? -1) > (budgetOver ?? -1));
    return both([
      namesFit(type, ({ thinking }) => (thinking === undefined ? undefined : (thinking?.type ?? null))),
      budgetOver === undefined ? undefined : budget,
    ]);
  }
  if ('tool' in condition) {
    const { declared, used, forced } = condition.tool;
    if (declared !== undefined) read('declaredTools');
    if (used !== undefined) read('usedTools');
    if (forced !== undefined) read('forcedTool');
    return both([
      namesFit(declared, ({ declaredTools }) => declaredTools),
      namesFit(used, ({ usedTools }) => usedTools),
      namesFit(forced, ({ forcedTool }) => forcedTool),
    ]);
  }
  if ('serverTool' in condition) {
    read('serverTools');
    return namesFit(condition.serverTool, ({ serverTools }) => serverTools) ?? never;
  }
  if ('image' in condition) {
    read('image');
    return ({ image }) => (image === undefined ? undefined : image === condition.image);
  }
  if ('project' in condition) {
    read('project');
    return namesFit(condition.project, ({ project }) => project) ?? never;
  }
  if ('user' in condition) {
    read('user');
    return namesFit(condition.user, ({ user }) => user) ?? never;
  }
  if ('system' in condition) {
    read('matches');
    collected.system.push(...condition.system);
    const keys = condition.system.map(systemKey);
    return (facts) => tried(keys, facts);
  }
  if ('header' in condition) {
    read('matches');
    const headers = Object.entries(condition.header);
    collected.headers.push(...headers.flatMap(([name, patterns]) => patterns.map((pattern) => [name, pattern] as const)));
    return both(
      headers.map(([name, patterns]): Matcher => {
        const keys = patterns.map((pattern) => headerKey(name, pattern));
        return (facts) => tried(keys, facts);
      }),
    );
  }
  if ('time' in condition) {
    read('at');
    const within = compileTime(condition.time, zone);
    return ({ at }) => (at === undefined ? undefined : within(at));
  }
  if ('custom' in condition) {
    read('custom');
    const { custom: name } = condition;
    collected.modules.push(name);
    return ({ custom }) => {
      const answer = custom !== undefined && Object.hasOwn(custom, name) ? custom[name] : undefined;
      return answer === undefined || 'failed' in answer ? undefined : answer.holds;
    };
  }
  const legacy = compileLegacy(condition.legacy);
  read(...legacy.reads);
  collected.thresholds.push(...legacy.thresholds);
  collected.textThresholds.push(...legacy.textThresholds);
  return legacy.matches;
}

const never: Matcher = () => false;
