import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import { type JsonPath, parseJsonPath } from './json-path.js';

/** Puts together the input of one call from `partialArgs`, which name a place in it and the next piece of its value. */
export interface PartialArgs {
  /** Takes one entry; false when it cannot be placed. */
  apply(entry: unknown): boolean;
  /** A whole member. */
  set(name: string, value: unknown): void;
  readonly input: JsonObject;
}

export function createPartialArgs(): PartialArgs {
  const input: Record<string, unknown> = {};
  /** The string that goes on, by its path as written. */
  let open: string | undefined;
  return {
    apply(entry) {
      if (!isJsonObject(entry) || typeof entry['jsonPath'] !== 'string') return false;
      const written = entry['jsonPath'];
      const path = parseJsonPath(written);
      const value = valueOf(entry);
      if (path === undefined || value === undefined) return false;
      const done = place(input, path, value, open === written);
      open = entry['willContinue'] === true ? written : undefined;
      return done;
    },
    set: (name, value) => write(input, name, value),
    input,
  };
}

function valueOf(entry: JsonObject): unknown {
  if ('nullValue' in entry) return null;
  return entry['stringValue'] ?? entry['numberValue'] ?? entry['boolValue'];
}

type Container = Record<string, unknown> | unknown[];

function place(root: Container, path: JsonPath, value: unknown, goesOn: boolean): boolean {
  let at: Container = root;
  for (const [depth, key] of path.entries()) {
    // Positions come in order; one far ahead would make a long list out of nothing.
    if (Array.isArray(at) ? typeof key !== 'number' || key > at.length : typeof key === 'number') return false;
    const before = read(at, key);
    if (depth === path.length - 1) {
      write(at, key, goesOn && typeof before === 'string' && typeof value === 'string' ? before + value : value);
      return true;
    }
    const next = isContainer(before) ? before : typeof path[depth + 1] === 'number' ? [] : {};
    if (next !== before) write(at, key, next);
    at = next;
  }
  return false;
}

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
const read = (at: Container, key: string | number): unknown =>
  Array.isArray(at) ? at[Number(key)] : Object.hasOwn(at, key) ? at[key] : undefined;

/** A name is always an own member, also `__proto__`. */
function write(at: Container, key: string | number, value: unknown): void {
  if (Array.isArray(at)) at[Number(key)] = value;
  else Object.defineProperty(at, key, { value, writable: true, enumerable: true, configurable: true });
}
