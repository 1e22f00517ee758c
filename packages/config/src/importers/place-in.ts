import type { ConfigPath } from '../diagnostic.js';
import { freeName } from './config-text.js';
import type { DraftConfig, Section } from './draft.js';
import type { DraftLine } from './fidelity.js';
import { type Entries, listOf, mapOf } from './source-values.js';

/** A value to be set at a path, or appended to the list the path ends in. */
export interface Addition {
  readonly path: ConfigPath;
  readonly value: unknown;
}

export interface Placed {
  /** What was imported, under the names it has in the file. */
  readonly config: DraftConfig;
  readonly lines: readonly DraftLine[];
  readonly additions: readonly Addition[];
}

/**
 * Finds a place for everything imported in a file that may hold something already. What is there stays: a name that is taken by something
 * else gets a number, a setting that is made already is left out, rules come after those of the file. Only the default a new
 * configuration begins with gives way to the one imported.
 * @param tree the file; undefined: a new one
 */
export function placeIn(config: DraftConfig, lines: readonly DraftLine[], tree: Entries | undefined): Placed {
  return new Placement(config, withImplied(tree)).run(lines, tree);
}

type Names = Readonly<Record<'providers' | 'models', ReadonlyMap<string, string>>>;

class Placement {
  readonly #config: DraftConfig;
  readonly #there: Readonly<Record<'providers' | 'models' | 'capabilities' | 'server' | 'logging' | 'retry', Entries>>;
  readonly #rules: readonly unknown[];
  readonly #names: Names;
  readonly #replacesDefault: boolean;
  readonly #routes: { readonly rules: readonly Section[]; readonly places: readonly number[] };

  constructor(config: DraftConfig, there: Entries) {
    this.#config = config;
    const at = (section: string): Entries => mapOf(there[section]);
    this.#there = {
      providers: at('providers'),
      models: at('models'),
      capabilities: at('capabilities'),
      server: at('server'),
      logging: at('logging'),
      retry: at('retry'),
    };
    this.#rules = listOf(there['routes']);
    this.#replacesDefault = 'default' in config.models && isStarter(this.#there.models['default'], this.#there.providers);
    const providers = this.#nameAll('providers', (value) => value);
    this.#names = { providers, models: this.#nameTargets(providers) };
    this.#routes = this.#placeRules();
  }

  run(lines: readonly DraftLine[], tree: Entries | undefined): Placed {
    const config: DraftConfig = {
      server: this.#missing('server'),
      logging: this.#missing('logging'),
      retry: this.#missing('retry'),
      providers: this.#rename('providers', (value) => value),
      models: this.#rename('models', (value) => renameTarget(value, this.#names)),
      capabilities: this.#capabilities(),
      routes: [...this.#routes.rules],
    };
    const additions = [...impliedAdditions(config, tree), ...this.#additions(config)];
    return { config, additions, lines: lines.map((line) => this.#line(line)) };
  }

  /** Fallbacks are names themselves: what targets are without them says which are which, and then they are compared whole. */
  #nameTargets(providers: Names['providers']): Map<string, string> {
    const bare = (value: unknown): Section => ({ ...mapOf(value), fallback: undefined, fallbackOn: undefined });
    const names: Names = { providers, models: new Map() };
    const alike = this.#nameAll('models', (value) => bare(renameTarget(value, names)), bare);
    return this.#nameAll('models', (value) => renameTarget(value, { providers, models: alike }));
  }

  #nameAll(
    section: 'providers' | 'models',
    written: (value: Section) => Section,
    seen: (value: unknown) => unknown = (value) => value,
  ): Map<string, string> {
    const there = this.#there[section];
    const own = this.#config[section];
    const names = new Map<string, string>();
    const used = new Set<string>();
    for (const [name, value] of Object.entries(own)) {
      const mine = written(value);
      const fits = (each: string): boolean => !(each in there) || same(seen(there[each]), mine);
      const replaces = section === 'models' && name === 'default' && this.#replacesDefault;
      const wanted = name === 'default' ? 'imported-default' : name;
      const chosen = replaces || fits(name) ? name : freeName(wanted, (each) => !fits(each) || each in own || used.has(each));
      names.set(name, chosen);
      used.add(chosen);
    }
    return names;
  }

  #rename(section: 'providers' | 'models', written: (value: Section) => Section): Record<string, Section> {
    const renamed = Object.entries(this.#config[section]).map(
      ([name, value]) => [this.#names[section].get(name) ?? name, written(value)] as const,
    );
    return Object.fromEntries(renamed.toSorted(([left], [right]) => Number(right === 'default') - Number(left === 'default')));
  }

  #missing(section: 'server' | 'logging' | 'retry'): Section {
    return Object.fromEntries(
      Object.entries(this.#config[section]).filter(
        ([key, value]) => !(key in this.#there[section]) || same(this.#there[section][key], value),
      ),
    );
  }

  #capabilities(): Record<string, Section> {
    const renamed = Object.entries(this.#config.capabilities).map(([pattern, can]) => [this.#pattern(pattern), can] as const);
    return Object.fromEntries(renamed.filter(([pattern]) => !(pattern in this.#there.capabilities)));
  }

  /** `provider/model` with the name the provider has now. */
  #pattern(pattern: string): string {
    const slash = pattern.indexOf('/');
    return `${this.#names.providers.get(pattern.slice(0, slash)) ?? pattern.slice(0, slash)}${pattern.slice(slash)}`;
  }

  /** Rules under free names, and where each one will stand; one the file has already stays where it is. */
  #placeRules(): { readonly rules: readonly Section[]; readonly places: readonly number[] } {
    const taken = new Set(this.#rules.map((rule) => ruleName(mapOf(rule))));
    let next = this.#rules.length;
    const places: number[] = [];
    const rules = this.#config.routes.map((written) => {
      const rule = renameTarget(written, this.#names);
      const known = this.#rules.findIndex((each) => same(each, rule));
      places.push(known < 0 ? next++ : known);
      if (known >= 0) return rule;
      const name = freeName(String(rule['name']), (each) => taken.has(each));
      taken.add(name);
      return { ...rule, name };
    });
    return { rules, places };
  }

  #additions(config: DraftConfig): Addition[] {
    const sections = ['server', 'logging', 'providers', 'models', 'capabilities', 'retry'] as const;
    const settings = sections.flatMap((section) =>
      Object.entries(config[section])
        .filter(([key, value]) => !same(this.#there[section][key], value))
        .map(([key, value]): Addition => ({ path: [section, key], value })),
    );
    const rules = config.routes.map((value, index): Addition => ({ path: ['routes', this.#routes.places[index] ?? 0], value }));
    return [...settings, ...rules.filter(({ path: [, place] }) => Number(place) >= this.#rules.length)];
  }

  /** A line with its place in the file, and a word about what could not be as it was to be. */
  #line(line: DraftLine): DraftLine {
    const [section, key, ...rest] = line.to ?? [];
    if (section === 'routes' && typeof key === 'number') return { ...line, to: ['routes', this.#routes.places[key] ?? key, ...rest] };
    if (typeof key !== 'string') return line;
    if (section === 'providers' || section === 'models') {
      const name = this.#names[section].get(key) ?? key;
      if (section === 'models' && key === 'default' && this.#replacesDefault)
        return doubt(line, [section, name, ...rest], 'takes the place of the default the file began with', line.fidelity);
      const note =
        key === 'default'
          ? `the file has its own default, which stays; this one is the target \`${name}\``
          : `\`${key}\` is taken in the file; this is \`${name}\``;
      return name === key ? line : doubt(line, [section, name, ...rest], note);
    }
    if (section === 'capabilities') {
      const pattern = this.#pattern(key);
      const to = [section, pattern, ...rest];
      return pattern in this.#there.capabilities ? doubt(line, to, 'the file has its own, which stay') : { ...line, to };
    }
    const there = section === 'server' || section === 'logging' || section === 'retry' ? this.#there[section] : undefined;
    if (there === undefined || !(key in there) || same(there[key], this.#config[section as 'server'][key])) return line;
    return doubt(line, line.to ?? [], 'the file has its own value, which stays');
  }
}

const doubt = (line: DraftLine, to: ConfigPath, note: string, fidelity: DraftLine['fidelity'] = 'approximated'): DraftLine => ({
  ...line,
  fidelity,
  to,
  note: line.note === undefined ? note : `${line.note}; ${note}`,
});

/** The names a target or rule holds, as they are now. */
function renameTarget(value: Section, names: Names): Section {
  const target = (name: unknown): unknown => (typeof name === 'string' ? (names.models.get(name) ?? name) : name);
  const targets = (list: unknown): unknown => listOf(list).map(target);
  const { provider, to, fallback, fallbackOn } = value;
  return {
    ...value,
    ...(typeof provider === 'string' ? { provider: names.providers.get(provider) ?? provider } : {}),
    ...(to === undefined ? {} : { to: target(to) }),
    ...(fallback === undefined ? {} : { fallback: targets(fallback) }),
    ...(fallbackOn === undefined
      ? {}
      : { fallbackOn: Object.fromEntries(Object.entries(mapOf(fallbackOn)).map(([kind, list]) => [kind, targets(list)])) }),
  };
}

const ruleName = ({ name, preset, selector }: Entries): unknown => name ?? preset ?? (selector === true ? 'selector' : undefined);

const implied = {
  providers: { anthropic: { type: 'anthropic', auth: 'client' }, demo: { type: 'demo' } },
  models: { default: { provider: 'anthropic' }, demo: { provider: 'demo' } },
} as const;

/** A section that is not written stands for the built-in one. */
const withImplied = (tree: Entries | undefined): Entries => (tree === undefined ? {} : { ...implied, ...tree });

/** A section that is now written has to hold what it stood for. */
function impliedAdditions(config: DraftConfig, tree: Entries | undefined): Addition[] {
  if (tree === undefined) return [];
  return (['providers', 'models'] as const)
    .filter((section) => tree[section] === undefined && Object.keys(config[section]).length > 0)
    .flatMap((section) => Object.entries(implied[section]).map(([name, value]): Addition => ({ path: [section, name], value })));
}

/** Whether a target is the one every new configuration begins with: Anthropic, with the login of the client. */
function isStarter(target: unknown, providers: Entries): boolean {
  const provider = mapOf(providers['anthropic']);
  return (
    same(target, { provider: 'anthropic' }) &&
    (same(provider, { type: 'anthropic', auth: 'client' }) || same(provider, { type: 'anthropic' }))
  );
}

/** Whether two values are written alike; the order of keys does not count. */
function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(ordered(left)) === JSON.stringify(ordered(right));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(ordered);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, ordered(item)]),
  );
}
