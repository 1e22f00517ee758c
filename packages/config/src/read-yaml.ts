import type { SourcePosition } from '@ccproxy/kernel';
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type ConfigPath, type Diagnostic, formatPath } from './diagnostic.js';
import { guardYaml, yamlLimits } from './guard-yaml.js';

/** Most values a configuration may hold once aliases are followed. */
const mostNodes = 20_000;
/** Further problems of one text are not listed. */
const mostProblems = 50;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** A plain copy of a YAML text, and where each value of it was written. */
export interface YamlTree {
  /** Maps have no prototype; an empty document is an empty map. */
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  /** Place of a key or value; the nearest enclosing one for a path that does not exist. */
  locate(path: ConfigPath, part?: 'key' | 'value'): SourcePosition;
}

interface Span {
  readonly key: number;
  readonly value: number;
}

/**
 * Reads YAML 1.2 (core schema) strictly. Never throws: whatever is wrong is in `problems`, and `value` then holds what could be read.
 * @param text content of the file
 * @param file name shown in positions
 */
export function readYaml(text: string, file: string): YamlTree {
  return new YamlReader(text, file).read();
}

class YamlReader {
  readonly #lines = new LineCounter();
  readonly #spans = new Map<string, Span>();
  readonly #problems: Diagnostic[] = [];
  readonly #text: string;
  readonly #file: string;
  readonly #targets = new Map<Alias, Node>();
  #nodes = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): YamlTree {
    const value = this.#parse();
    return { value, problems: this.#problems, locate: (path, part) => this.#locate(path, part) };
  }

  #parse(): unknown {
    const refusal = guardYaml(this.#text);
    if (refusal !== undefined) {
      this.#countLines();
      this.#problem(refusal.message, refusal.offset);
      return undefined;
    }
    try {
      const document = parseDocument(this.#text, {
        version: '1.2',
        schema: 'core',
        merge: false,
        resolveKnownTags: false,
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: 'error', // with `silent` several documents would pass for one
        lineCounter: this.#lines,
      });
      for (const error of [...document.errors, ...document.warnings]) this.#problem(plainMessage(error.message), error.pos[0]);
      if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
        this.#problem('only YAML 1.2 is read; remove the `%YAML` line', 0);
      }
      if (this.#problems.length > 0) return undefined;
      return document.contents === null ? emptyMap() : this.#convert(document.contents, [], document, 0);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#problem('values are nested too deeply', 0); // the parser ran out of stack
      return undefined;
    }
  }

  #convert(node: Node, path: ConfigPath, document: Document, depth: number): unknown {
    const offset = node.range?.[0] ?? 0;
    this.#nodes++;
    if (this.#nodes > mostNodes || depth > yamlLimits.depth) {
      if (this.#nodes !== Infinity) this.#problem('the file holds too many or too deeply nested values', offset, path);
      this.#nodes = Infinity;
      return undefined;
    }
    if (isAlias(node)) {
      const target = this.#targets.get(node) ?? node.resolve(document); // resolving reads the whole document
      if (target !== undefined) this.#targets.set(node, target);
      return target === undefined ? undefined : this.#convert(target, path, document, depth + 1);
    }
    if (isMap(node)) {
      const map = emptyMap();
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? keyText(pair.key.value) : undefined;
        const keyOffset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
        if (key === undefined) this.#problem('a key must be plain text', keyOffset, path);
        else if (forbiddenKeys.has(key)) this.#problem(`the key \`${key}\` is not allowed`, keyOffset, path);
        else if (key in map) this.#problem(`the key \`${key}\` is there twice`, keyOffset, [...path, key]);
        else {
          const inner = [...path, key];
          const child = pair.value as Node | null;
          this.#spans.set(spanKey(inner), { key: keyOffset, value: child?.range?.[0] ?? keyOffset });
          const value = child === null ? null : this.#convert(child, inner, document, depth + 1);
          if (value !== null || path.length > 0) map[key] = value; // a section without content is a section not given
        }
      }
      return map;
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const inner = [...path, index];
        const child = item as Node | null;
        const start = child?.range?.[0] ?? offset;
        this.#spans.set(spanKey(inner), { key: start, value: start });
        return child === null ? null : this.#convert(child, inner, document, depth + 1);
      });
    }
    return isScalar(node) ? node.value : undefined;
  }

  #problem(message: string, offset: number, path: ConfigPath = []): void {
    if (this.#problems.length >= mostProblems) return;
    this.#problems.push({
      severity: 'error',
      code: 'CCP_CONFIG_SYNTAX',
      message,
      hint: 'Correct the line shown.',
      where: this.#position(offset),
      path: formatPath(path),
    });
  }

  #locate(path: ConfigPath, part: 'key' | 'value' = 'value'): SourcePosition {
    for (let length = path.length; length > 0; length--) {
      const span = this.#spans.get(spanKey(path.slice(0, length)));
      if (span !== undefined) return this.#position(length < path.length ? span.key : span[part]);
    }
    return this.#position(0);
  }

  #position(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  #countLines(): void {
    this.#lines.addNewLine(0);
    for (let at = this.#text.indexOf('\n'); at !== -1; at = this.#text.indexOf('\n', at + 1)) this.#lines.addNewLine(at + 1);
  }
}

/** Keys are text; `1:` and `true:` are read as they are written. */
function keyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function emptyMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function spanKey(path: ConfigPath): string {
  return path.join('\u0000');
}

/** The parser quotes source text at the end of some messages; it may be part of a credential. */
function plainMessage(message: string): string {
  return message
    .replace(/:? ".*$/su, '')
    .replace(/\s+/gu, ' ')
    .slice(0, 200);
}
