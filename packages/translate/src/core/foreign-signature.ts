import { ByteNeedle } from '@ccproxy/kernel';

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

const member = new ByteNeedle('"signature"', 'gnature');
const foreignValue = /^\s*:\s*"(?:"|ccp1\.)/;
/** Bytes of the value that are looked at. */
const valueStart = 24;

/**
 * Whether the bytes of a request may hold a thinking block that is foreign. False is certain; true asks for a look at the
 * blocks. One search of the bytes, nothing is parsed: an escape could hide a signature only if a client wrote one for plain
 * ASCII, and none does.
 */
export function mayHoldForeignSignature(body: Buffer): boolean {
  for (let at = member.indexIn(body); at !== -1; at = member.indexIn(body, at + member.bytes.length)) {
    const start = at + member.bytes.length;
    if (foreignValue.test(body.toString('latin1', start, start + valueStart))) return true;
  }
  return false;
}
