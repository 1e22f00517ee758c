/** A token, or why there is none: a sentence fragment without anything that was read. */
export type Fetched = { readonly token: string } | { readonly reason: string };

/** Shorter values occur by chance and could not be kept out of logs. */
const shortest = 8;
const longest = 16_384;

/** The token a source gave; `from` names the source for people. */
export function tokenOfText(text: string, from: string): Fetched {
  const token = text.trim();
  if (token === '') return { reason: `${from} gave nothing` };
  if (token.length < shortest || token.length > longest) return { reason: `${from} gave a token of ${token.length} characters` };
  return /^[\x21-\x7e]+$/.test(token) ? { token } : { reason: `${from} gave more than one word` };
}
