import { errors } from './errors.js';
import type { IpcBinding } from './ipc-method.js';

type Kind = IpcBinding['kind'];
type BindingOf<K extends Kind> = Extract<IpcBinding, { kind: K }>;

/** The methods and streams a server offers, by name. */
export interface BindingTable {
  /** Raises `CCP_IPC_METHOD_UNKNOWN` with the nearest name there is. */
  find<K extends Kind>(kind: K, name: string): BindingOf<K>;
}

const nameOf = (binding: IpcBinding): string => (binding.kind === 'method' ? binding.method.name : binding.stream.name);

/** Raises `CCP_IPC_METHOD_DUPLICATE` when two bindings share a name. */
export function createBindingTable(bindings: readonly IpcBinding[]): BindingTable {
  const table = new Map<string, IpcBinding>();
  for (const binding of bindings) {
    const name = nameOf(binding);
    if (table.has(name)) throw errors.CCP_IPC_METHOD_DUPLICATE({ message: `${name} is registered twice.`, details: { name } });
    table.set(name, binding);
  }
  const isKind = <K extends Kind>(binding: IpcBinding | undefined, kind: K): binding is BindingOf<K> => binding?.kind === kind;
  return {
    find: (kind, name) => {
      const binding = table.get(name);
      if (isKind(binding, kind)) return binding;
      const names = [...table.values()].filter((other) => other.kind === kind).map(nameOf);
      throw unknown(kind, name, names);
    },
  };
}

function unknown(kind: Kind, name: string, names: readonly string[]): Error {
  const near = nearest(name, names);
  return errors.CCP_IPC_METHOD_UNKNOWN({
    message: `The daemon has no ${kind} named ${JSON.stringify(name.slice(0, 64))}${near === undefined ? '' : `; did you mean ${near}?`}`,
    details: { name: name.slice(0, 64), ...(near === undefined ? {} : { near }) },
  });
}

/** The candidate within a third of the name's length in edits, if any. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(b).entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
