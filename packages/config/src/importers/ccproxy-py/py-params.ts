import { isMap } from '../source-values.js';

/** Arguments of a rule as Python gets them. */
export interface PyArguments {
  readonly positional: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

/** A list of maps is merged into named arguments, another list is positional, a map is named, anything else one positional argument. */
export function pyArguments(params: unknown): PyArguments {
  if (Array.isArray(params)) {
    const list = params as unknown[];
    if (list.length > 0 && list.every(isMap)) return { positional: [], named: Object.assign({}, ...list) as Record<string, unknown> };
    return { positional: list, named: {} };
  }
  if (isMap(params)) return { positional: [], named: params };
  const falsy = params === undefined || params === null || params === '' || params === 0 || params === false;
  return { positional: falsy ? [] : [params], named: {} };
}

/** The one argument a rule takes; undefined when it cannot be called with these. */
export function onlyArgument({ positional, named }: PyArguments, name: string): unknown {
  const names = Object.keys(named);
  if (positional.length + names.length !== 1) return undefined;
  return positional.length === 1 ? positional[0] : named[name];
}
