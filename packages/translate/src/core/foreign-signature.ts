/**
 * Reasoning of another provider travels in the `signature` of a thinking block as `ccp1.<family>.<payload>`: a client
 * keeps that string and sends it back. Anthropic's signatures are base64 without a dot, so no text is both
 * (translation.md rows 14-19, 63, 84, 85).
 */
const mark = 'ccp1.';
const form = /^ccp1\.([a-z0-9-]{1,64})\.([A-Za-z0-9_-]*)$/;

/** Which family made it, and what it wants back; an empty payload means: nothing but the text. */
export interface ForeignSignature {
  readonly family: string;
  readonly payload: string;
}

/** The signature of a thinking block. `family` is a name of `a-z0-9-`, `payload` any text. */
export function encodeForeignSignature({ family, payload }: ForeignSignature): string {
  if (!/^[a-z0-9-]{1,64}$/.test(family)) throw new TypeError(`encodeForeignSignature: "${family.slice(0, 80)}" is no family`);
  return `${mark}${family}.${Buffer.from(payload).toString('base64url')}`;
}

/** What a signature carries; undefined when `encodeForeignSignature` did not make it. */
export function decodeForeignSignature(signature: string): ForeignSignature | undefined {
  const [, family, payload] = form.exec(signature) ?? [];
  if (family === undefined || payload === undefined) return undefined;
  return { family, payload: Buffer.from(payload, 'base64url').toString('utf8') };
}

/** Whether Anthropic can not have made it: ours, or none at all. Such a block must not go to an Anthropic API. */
export const isForeignSignature = (signature: string): boolean => signature === '' || signature.startsWith(mark);

/**
 * Whether the bytes of a request may hold a thinking block that is foreign. False is certain; true asks for a look at the
 * blocks. Linear in the bytes, nothing is parsed.
 */
export function mayHoldForeignSignature(body: Buffer): boolean {
  return body.includes(`"${mark}`) || emptySignature(body);
}

/** An escape could hide the mark from a search of the bytes only if a client wrote one for plain ASCII; none does. */
function emptySignature(body: Buffer): boolean {
  for (let at = body.indexOf('"signature"'); at !== -1; at = body.indexOf('"signature"', at + 1))
    if (/^\s*:\s*""/.test(body.toString('latin1', at + 11, at + 32))) return true;
  return false;
}
