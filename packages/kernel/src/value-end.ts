const doubleQuote = 0x22;
const singleQuote = 0x27;
const backslash = 0x5c;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Where a quoted value that begins at `from` ends: at its closing quote. `depth` is how many backslashes stood before the opening quote (JSON
 * inside a JSON string). An unescaped double quote always ends it, so that a line of JSON stays JSON. Without any: the end of the text.
 */
export function quotedValueEnd(text: string, from: number, quote: string, depth: number): number {
  const close = quote.charCodeAt(0);
  for (let i = from; i < text.length;) {
    const run = backslashRun(text, i);
    const code = text.charCodeAt(i + run);
    if (code === close || code === doubleQuote) {
      if (depth === 0 ? run % 2 === 0 : run <= depth) return depth === 0 ? i + run : i;
    }
    i += run + 1;
  }
  return text.length;
}

/**
 * Where a value without quotes ends: at the end of the line (also one written as `\n`), at a quote, or at a character of `stops`. Escapes of
 * an enclosing JSON string are never cut in two.
 */
export function bareValueEnd(text: string, from: number, stops: string): number {
  for (let i = from; i < text.length;) {
    const code = text.charCodeAt(i);
    if (code === newline || code === carriageReturn || code === doubleQuote || code === singleQuote) return i;
    if (code === backslash) {
      if ('nr"\''.includes(text.charAt(i + 1))) return i;
      i += 2;
    } else if (stops.includes(text.charAt(i))) return i;
    else i++;
  }
  return text.length;
}

function backslashRun(text: string, from: number): number {
  let i = from;
  while (text.charCodeAt(i) === backslash) i++;
  return i - from;
}
