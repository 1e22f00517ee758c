/** Which part of an answer a thought signature came with: it must go back with that part (translation.md row 63). */
export type SignedPart = 'call' | 'text' | 'thought';

/** What a thinking block carries of a Gemini answer. */
export interface ThoughtSignature {
  readonly part: SignedPart;
  readonly signature: string;
}

/**
 * Takes the place of a signature nobody has (a call another model made): Gemini 3 answers 400 to a call without one.
 * https://ai.google.dev/gemini-api/docs/thought-signatures, "FAQs".
 */
export const anySignature = 'skip_thought_signature_validator';

export const encodeThoughtSignature = ({ part, signature }: ThoughtSignature): string => `${part}:${signature}`;

/** undefined when the payload is none of `encodeThoughtSignature`, as when a client changed it. */
export function decodeThoughtSignature(payload: string): ThoughtSignature | undefined {
  const match = /^(call|text|thought):(.+)$/s.exec(payload);
  const [, part, signature] = match ?? [];
  return part === undefined || signature === undefined ? undefined : { part: part as SignedPart, signature };
}
