import json5 from 'json5';
import { errors } from '../errors.js';
import { yamlLimits } from '../guard-yaml.js';
import { readYaml } from '../read-yaml.js';
import { type Entries, isMap } from './source-values.js';

/** A file of another program. */
export interface ImportSource {
  /** Name shown in the report and in errors. */
  readonly name: string;
  readonly text: string;
}

const mostNodes = 20_000;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads JSON with comments and trailing commas, as claude-code-router does (spec.json5.org).
 * @throws CCP_IMPORT_SOURCE
 */
export function readJson5Source(source: ImportSource): Entries {
  return topOf(new PlainCopy(source.name).copy(parseJson5(source), 0), source);
}

/**
 * Reads YAML. Merge keys (`<<`) are followed, which a configuration of ours does not know and theirs use.
 * @throws CCP_IMPORT_SOURCE
 */
export function readYamlSource(source: ImportSource): Entries {
  const { value, problems } = readYaml(source.text, source.name);
  const [problem] = problems;
  if (problem !== undefined) throw errors.CCP_IMPORT_SOURCE({ message: problem.message, where: problem.where });
  return topOf(new PlainCopy(source.name).copy(value, 0), source);
}

function parseJson5({ name, text }: ImportSource): unknown {
  if (text.length > yamlLimits.bytes) throw errors.CCP_IMPORT_SOURCE({ message: 'the file is too large', where: { file: name } });
  try {
    return json5.parse<unknown>(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { lineNumber: line = 1, columnNumber: column = 1 } = error as { lineNumber?: number; columnNumber?: number };
    // Its own message quotes a character of the file.
    throw errors.CCP_IMPORT_SOURCE({ message: 'the file is not JSON5', where: { file: name, line, column: Math.max(1, column) } });
  }
}

function topOf(value: unknown, { name }: ImportSource): Entries {
  if (isMap(value)) return value;
  throw errors.CCP_IMPORT_SOURCE({ message: 'the file holds no map of keys', where: { file: name } });
}

/** A bounded copy whose maps have no prototype. */
class PlainCopy {
  readonly #file: string;
  #nodes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  copy(value: unknown, depth: number): unknown {
    this.#nodes++;
    if (this.#nodes > mostNodes || depth > yamlLimits.depth) this.#refuse('the file holds too many or too deeply nested values');
    if (Array.isArray(value)) return value.map((item) => this.copy(item, depth + 1));
    if (!isMap(value)) return value;
    const map = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) {
      if (forbidden.has(key)) this.#refuse(`the key \`${key}\` is not allowed`);
      if (key === '<<') this.#merge(map, item, depth);
      else map[key] = this.copy(item, depth + 1);
    }
    return map;
  }

  /** Keys of the map itself win, wherever they stand (yaml.org/type/merge.html). */
  #merge(map: Record<string, unknown>, merged: unknown, depth: number): void {
    const inner = this.copy(merged, depth + 1);
    for (const each of Array.isArray(inner) ? (inner as unknown[]) : [inner]) {
      if (isMap(each)) for (const [key, item] of Object.entries(each)) if (!(key in map)) map[key] = item;
    }
  }

  #refuse(message: string): never {
    throw errors.CCP_IMPORT_SOURCE({ message, where: { file: this.#file } });
  }
}
