/** Text longer than this is no name; it is matched by `*` alone, so that its length cannot cost time. */
const longestName = 512;

/** Runs of `*` say the same as one. */
const normalise = (pattern: string): string => pattern.toLowerCase().replaceAll(/\*{2,}/g, '*');

/** Where `part` (literals and `?`) first stands in `text` at or after `from`; -1 when nowhere. */
function find(text: string, part: string, from: number): number {
  if (!part.includes('?')) return text.indexOf(part, from);
  for (let at = from; at + part.length <= text.length; at++) if (standsAt(text, part, at)) return at;
  return -1;
}

function standsAt(text: string, part: string, at: number): boolean {
  if (at < 0 || at + part.length > text.length) return false;
  for (let index = 0; index < part.length; index++) {
    if (part[index] !== '?' && part[index] !== text[at + index]) return false;
  }
  return true;
}

/**
 * Compiles a pattern: `*` is any text, also none, `?` one character; upper and lower case are the same. Without backtracking:
 * each part between stars is taken at its first place, which is right because a star takes whatever lies between. Text longer than
 * `longest` characters fits only `*`.
 */
export function compileGlob(pattern: string, longest = longestName): (text: string) => boolean {
  const parts = normalise(pattern).split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (text) => text.length === first.length && standsAt(text.toLowerCase(), first, 0);
  if (first === '' && last === '' && rest.length === 0) return () => true;
  return (text) => {
    if (text.length > longest) return false;
    const lower = text.toLowerCase();
    if (!standsAt(lower, first, 0)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = find(lower, part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return lower.length - last.length >= at && standsAt(lower, last, lower.length - last.length);
  };
}
