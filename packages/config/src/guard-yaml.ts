import { CST, Lexer } from 'yaml';

/** What a text may hold before it is given to the parser, whose own cost is not bounded by these. */
export const yamlLimits = { bytes: 1_048_576, tokens: 15_000, depth: 32, aliases: 100, directives: 4 } as const;

/** Where and why a text is refused; the offset counts UTF-16 units. */
export interface YamlRefusal {
  readonly offset: number;
  readonly message: string;
}

/** Zero-length marks the lexer puts between real tokens. */
const marks = new Set(['\u0002', '\u0018', '\u001F']);

/**
 * Reads the tokens of a YAML text without building anything and refuses what no configuration needs:
 * alias bombs, thousands of levels, millions of parts. Linear, and ends at the first limit passed.
 */
export function guardYaml(text: string): YamlRefusal | undefined {
  let offset = 0;
  let tokens = 0;
  let depth = 0;
  let nestedInLine = 0;
  const counts = new Map<string, number>();
  for (const source of new Lexer().lex(text)) {
    if (++tokens > yamlLimits.tokens) return { offset, message: `the file has more than ${yamlLimits.tokens} parts` };
    const type = CST.tokenType(source) ?? '';
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth = Math.max(0, depth - 1);
    if (type === 'newline') nestedInLine = 0;
    if (type === 'seq-item-ind' || type === 'explicit-key-ind') nestedInLine++;
    if (Math.max(depth, nestedInLine) > yamlLimits.depth)
      return { offset, message: `values are nested more than ${yamlLimits.depth} deep` };
    if (type === 'tag') return { offset, message: 'tags (`!…`) are not used in a configuration; put the value in quotes' };
    const limit =
      type === 'alias' || type === 'anchor' ? yamlLimits.aliases : type === 'directive-line' ? yamlLimits.directives : undefined;
    if (limit !== undefined) {
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      if (count > limit) return { offset, message: `the file has more than ${limit} of the kind \`${type}\`` };
    }
    if (!marks.has(source)) offset += source.length;
  }
  return undefined;
}
