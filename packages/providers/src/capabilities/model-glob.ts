/** Text longer than this is no model; it fits no pattern, so that its length cannot cost time. */
const LONGEST = 512;

/**
 * Whether a pattern fits a model: `*` is any text, also none; upper and lower case are the same. Without backtracking: each part between
 * stars is taken at its first place.
 */
export function fitsModel(pattern: string, model: string): boolean {
  const text = model.toLowerCase();
  if (text.length > LONGEST) return false;
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
