import { isJsonObject } from '@ccproxy/wire';
import { JsonPrefix } from './json-prefix.js';

const tokens = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[{}[\]:,]|[^\s{}[\]:,"']+|\s+|["']/g;
/** Characters of arguments worth repairing. */
const longest = 1024 * 1024;
const words: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null', undefined: 'null' };

/**
 * The object that malformed arguments of a tool certainly mean, as JSON text; undefined when more than one reading is
 * possible (row 75). Repaired are: a code fence around it, an object inside a JSON string, control characters and odd
 * escapes in strings, single quotes, bare keys, Python's words, trailing commas, missing or superfluous closing brackets
 * at the end, the same object twice. A string that does not end is never guessed.
 */
export function repairJson(text: string): string | undefined {
  if (text.length > longest) return undefined;
  const bare = text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1');
  if (bare === '' || bare === 'null' || bare === '""') return '{}';
  const parsed = parse(bare);
  if (typeof parsed === 'string') return repairNested(parsed);
  if (parsed !== undefined) return isJsonObject(parsed) ? bare : undefined;
  return half(bare) ?? rewrite(bare);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Arguments encoded once too often. */
const repairNested = (text: string): string | undefined => (text.trimStart().startsWith('{') ? repairJson(text) : undefined);

/** `{…}{…}`, the same twice. */
function half(text: string): string | undefined {
  const prefix = new JsonPrefix();
  const length = prefix.push(text);
  return firstOfTwo(text.slice(0, length).trimEnd(), text.slice(length));
}

const firstOfTwo = (first: string, rest: string): string | undefined =>
  first.endsWith('}') && isJsonObject(parse(first)) && first.trim() === rest.trim() ? first : undefined;

function rewrite(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  let result = '';
  const prefix = new JsonPrefix();
  const add = (token: string): boolean => prefix.push(token) === token.length && ((result += token), true);
  let comma = '';
  for (const [token] of text.matchAll(tokens)) {
    if (prefix.complete) {
      if (/^[\s}\]]+$/.test(token)) continue;
      return undefined;
    }
    if (token === ',') {
      if (comma !== '') return undefined;
      comma = token;
      continue;
    }
    const closes = token === '}' || token === ']';
    if (/\S/.test(token)) {
      if (comma !== '' && !closes && !add(comma)) return undefined;
      comma = '';
    }
    const word = legalToken(token, prefix.expectsKey);
    if (word === undefined || !add(word)) return undefined;
  }
  return finished(result, prefix);
}

function finished(result: string, prefix: JsonPrefix): string | undefined {
  if (!prefix.complete && !/["}\]\w\s]$/.test(result)) return undefined;
  const text = result + prefix.closing();
  return isJsonObject(parse(text)) ? text : undefined;
}

function legalToken(token: string, key: boolean): string | undefined {
  const quote = token.charAt(0);
  if (quote === '"' || quote === "'") return token.length > 1 && token.endsWith(quote) ? legalString(token.slice(1, -1), quote) : undefined;
  const word = Object.hasOwn(words, token) ? words[token] : undefined;
  if (word !== undefined) return word;
  return key && /^[A-Za-z_$][\w$-]*$/.test(token) ? JSON.stringify(token) : token;
}

/** The inside of a quoted text as a JSON string. */
function legalString(inside: string, quote: string): string {
  const fixed = inside.replace(/\\([\s\S])|[^ !#-\uffff]/g, (found, escaped: string | undefined) => {
    if (escaped === undefined) return JSON.stringify(found).slice(1, -1);
    if (/["\\/bfnrtu]/.test(escaped)) return found;
    return escaped === quote || escaped === "'" ? escaped : escaped === '\n' ? '' : `\\\\${escaped}`;
  });
  return `"${fixed}"`;
}
