import type { ErrorCode } from '@ccproxy/kernel';
import { type ConfigPath, type Diagnostic, formatPath } from './diagnostic.js';
import type { YamlTree } from './read-yaml.js';
import { didYouMean } from './suggest.js';

/** The reader of YAML refuses deeper files. */
const deepestCondition = 200;

type Entries = Readonly<Record<string, unknown>>;

/**
 * Holds the names of a configuration together: every provider and target that is named is declared, rule names are unique, fallbacks do
 * not form a circle, and there is a target `default`. Works on the tree as written, so that it reports beside the schema's findings.
 * @param external paths whose value came from a variable: no message shows it
 */
export function checkReferences(value: unknown, tree: YamlTree, external: readonly ConfigPath[]): Diagnostic[] {
  return new ReferenceCheck(asMap(value), tree, external).run();
}

class ReferenceCheck {
  readonly #found: Diagnostic[] = [];
  readonly #root: Entries;
  readonly #tree: YamlTree;
  readonly #providers: readonly string[];
  readonly #targets: readonly string[];
  readonly #external: ReadonlySet<string>;

  constructor(root: Entries, tree: YamlTree, external: readonly ConfigPath[]) {
    this.#root = root;
    this.#tree = tree;
    this.#external = new Set(external.map(formatPath));
    this.#providers = root['providers'] === undefined ? ['anthropic', 'demo'] : Object.keys(asMap(root['providers']));
    this.#targets = root['models'] === undefined ? ['default', 'demo'] : Object.keys(asMap(root['models']));
  }

  run(): Diagnostic[] {
    this.#checkAdapters();
    this.#checkModels();
    this.#checkRules(this.#root['routes'], ['routes']);
    for (const [name, profile] of Object.entries(asMap(this.#root['profiles']))) {
      const path = ['profiles', name];
      const { default: target, routes } = asMap(profile);
      this.#requireTarget(target ?? 'default', [...path, 'default']);
      this.#checkRules(routes, [...path, 'routes']);
    }
    this.#checkCircles();
    return this.#found;
  }

  #checkAdapters(): void {
    const adapters = Object.keys(asMap(asMap(this.#root['plugins'])['providers']));
    for (const [name, provider] of Object.entries(asMap(this.#root['providers']))) {
      const { type, adapter } = asMap(provider);
      if (type !== 'adapter' || typeof adapter !== 'string' || adapters.includes(adapter)) continue;
      this.#unknown(adapter, ['providers', name, 'adapter'], adapters, 'adapter', 'which is not declared in `plugins.providers`');
    }
  }

  #checkModels(): void {
    const written = this.#root['models'];
    if (written === undefined) {
      const missing = ['anthropic', 'demo'].find((name) => !this.#providers.includes(name));
      if (missing === undefined) return;
      this.#report(
        ['providers'],
        'key',
        'without the section `models`, providers `anthropic` and `demo` are needed',
        'Add `models: { default: { provider: … } }`.',
      );
      return;
    }
    if (!this.#targets.includes('default')) {
      const hint = 'Add `default: { provider: … }` to `models`: it takes every request that no rule takes.';
      this.#report(['models'], 'key', 'has no target `default`', hint);
    }
    for (const [name, target] of Object.entries(asMap(written))) {
      const { provider, fallback, fallbackOn } = asMap(target);
      const path = ['models', name];
      if (typeof provider === 'string' && !this.#providers.includes(provider)) {
        this.#unknown(provider, [...path, 'provider'], this.#providers, 'provider', 'which is not declared');
      }
      this.#checkFallback(fallback, [...path, 'fallback'], name);
      for (const kind of ['contextWindow', 'contentPolicy'])
        this.#checkFallback(asMap(fallbackOn)[kind], [...path, 'fallbackOn', kind], name);
    }
  }

  #checkRules(rules: unknown, path: ConfigPath): void {
    const seen = new Set<string>();
    for (const [index, rule] of asList(rules).entries()) {
      const { name, to, fallback, when, custom } = asMap(rule);
      const here = [...path, index];
      const known = ruleName(asMap(rule));
      if (known !== undefined) {
        const place = name === undefined ? here : [...here, 'name'];
        if (seen.has(known)) this.#report(place, 'value', 'has the name of an earlier rule', 'Give each rule its own name.');
        seen.add(known);
      }
      this.#checkModules(when, [...here, 'when']);
      this.#requireModule(custom, [...here, 'custom']);
      if (typeof to === 'string') this.#requireTarget(to, [...here, 'to']);
      this.#checkFallback(fallback, [...here, 'fallback'], typeof to === 'string' ? to : undefined);
    }
  }

  /** Routing modules a condition names, at any depth. */
  #checkModules(condition: unknown, path: ConfigPath, depth = 0): void {
    if (depth > deepestCondition) return;
    const { all, any, not, custom } = asMap(condition);
    this.#requireModule(custom, [...path, 'custom']);
    for (const [key, parts] of Object.entries({ all, any })) {
      for (const [index, part] of asList(parts).entries()) this.#checkModules(part, [...path, key, index], depth + 1);
    }
    if (not !== undefined) this.#checkModules(not, [...path, 'not'], depth + 1);
  }

  #requireModule(name: unknown, path: ConfigPath): void {
    const modules = Object.keys(asMap(asMap(this.#root['plugins'])['routing']));
    if (typeof name !== 'string' || modules.includes(name)) return;
    this.#unknown(name, path, modules, 'routing module', 'which is not declared in `plugins.routing`');
  }

  #checkFallback(fallback: unknown, path: ConfigPath, owner: string | undefined): void {
    const seen = new Set<unknown>();
    for (const { name, place } of fallbackNames(fallback, path)) {
      if (name === owner) this.#report(place, 'value', 'falls back to itself', 'Name another target.');
      else if (seen.has(name)) this.#report(place, 'value', 'is there twice', 'Remove one of them.');
      else this.#requireTarget(name, place);
      seen.add(name);
    }
  }

  #requireTarget(name: unknown, path: ConfigPath): void {
    if (typeof name !== 'string' || this.#targets.includes(name)) return;
    this.#unknown(name, path, this.#targets, 'target', 'which is not declared in `models`');
  }

  #unknown(name: string, path: ConfigPath, known: readonly string[], kind: string, why: string): void {
    const hidden = this.#external.has(formatPath(path));
    const shown = hidden ? 'of a variable' : `\`${name}\``;
    this.#report(
      path,
      'value',
      `names the ${kind} ${shown}, ${why}`,
      hidden ? `Known: ${known.join(', ')}.` : didYouMean(name, known, kind),
    );
  }

  /** Fallbacks of targets are followed from target to target; a circle would never end. */
  #checkCircles(): void {
    const models = asMap(this.#root['models']);
    const done = new Set<string>();
    for (const start of Object.keys(models)) {
      const trail: string[] = [];
      const visit = (name: string): void => {
        const from = trail.indexOf(name);
        if (from >= 0) {
          const circle = [...trail.slice(from), name];
          if (circle.length > 2)
            this.#report(
              ['models', name, 'fallback'],
              'value',
              `leads in a circle: ${circle.join(' -> ')}`,
              'Remove one of these fallbacks.',
            );
          return;
        }
        if (done.has(name) || !this.#targets.includes(name)) return;
        trail.push(name);
        for (const next of fallbackNames(asMap(models[name])['fallback'], [])) visit(next.name);
        trail.pop();
        done.add(name);
      };
      visit(start);
    }
  }

  #report(path: ConfigPath, part: 'key' | 'value', message: string, hint: string): void {
    const code: ErrorCode = 'CCP_CONFIG_REFERENCE';
    this.#found.push({
      severity: 'error',
      code,
      message: `${formatPath(path)} ${message}`,
      hint,
      where: this.#tree.locate(path, part),
      path: formatPath(path),
    });
  }
}

/** The name a rule goes by: its own, that of its preset, or `selector`. */
function ruleName({ name, preset, selector }: Entries): string | undefined {
  if (typeof name === 'string') return name;
  if (typeof preset === 'string') return preset;
  return selector === true ? 'selector' : undefined;
}

function fallbackNames(fallback: unknown, path: ConfigPath): { name: string; place: ConfigPath }[] {
  if (typeof fallback === 'string') return [{ name: fallback, place: path }];
  return asList(fallback).flatMap((name, index) => (typeof name === 'string' ? [{ name, place: [...path, index] }] : []));
}

function asMap(value: unknown): Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entries) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
