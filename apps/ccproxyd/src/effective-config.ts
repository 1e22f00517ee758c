import { type Config, type ConfigChange, diffConfig } from '@ccproxy/config';

/** Keys outside of the modules' sections that hold from the next request on. */
const atOnce: ReadonlySet<string> = new Set(['server.headHold', 'server.limits', 'server.drainTimeout', 'logging.level', 'logging.bodies']);

export interface Difference extends ConfigChange {
  /** It takes effect when the daemon starts anew. */
  readonly restart: boolean;
}

/** Where a configuration differs from the one in force. `sections`: those whose changes can be taken while the daemon serves. */
export const differencesOf = (inForce: Config, next: Config, sections: ReadonlySet<string>): readonly Difference[] =>
  diffConfig(inForce, next).map((change) => {
    const [section = ''] = change.path.split('.', 1);
    return { ...change, restart: !sections.has(section) && !atOnce.has(change.path) };
  });

type Entries = Readonly<Record<string, unknown>>;

/** `next`, with the value in force wherever a change needs a restart. */
export function effectiveConfig(inForce: Config, next: Config, differences: readonly Difference[]): Config {
  const waiting = new Set(differences.flatMap(({ path, restart }) => (restart ? [path] : [])));
  const merge = (before: Entries, after: Entries, prefix: string): Entries => {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    const entries = [...names].flatMap((name): [string, unknown][] => {
      const path = `${prefix}${name}`;
      if (waiting.has(path)) return Object.hasOwn(before, name) ? [[name, before[name]]] : [];
      const inside = [...waiting].some((each) => each.startsWith(`${path}.`));
      if (inside) return [[name, merge(before[name] as Entries, after[name] as Entries, `${path}.`)]];
      return Object.hasOwn(after, name) ? [[name, after[name]]] : [];
    });
    return Object.fromEntries(entries);
  };
  // The same keys as the two it is made of.
  return waiting.size === 0 ? next : (merge({ ...inForce }, { ...next }, '') as unknown as Config);
}
