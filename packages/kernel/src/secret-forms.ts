/** Shorter values are ordinary words: replacing them would garble every text. */
export const minSecretLength = 6;

/**
 * The spellings in which an exact secret turns up: plain, JSON-escaped once and twice, URI-encoded (both hex cases, form encoding), hex in
 * both cases, base64 and base64url on their own and at each of the three alignments inside a longer encoded text.
 */
export function secretForms(secret: string): string[] {
  if (secret.length < minSecretLength) return [];
  const bytes = Buffer.from(secret);
  const json = jsonEscaped(secret);
  const uri = uriEncoded(secret);
  const hex = bytes.toString('hex');
  const forms = [
    secret,
    json,
    jsonEscaped(json),
    uri,
    uri.replace(/%[\dA-F]{2}/g, (part) => part.toLowerCase()),
    uri.replaceAll('%20', '+'),
    hex,
    hex.toUpperCase(),
  ];
  for (const base64 of ['base64', 'base64url'] as const) forms.push(bytes.toString(base64), ...alignedForms(bytes, base64));
  return [...new Set(forms)].filter((form) => form.length >= minSecretLength);
}

/** Base64 of the secret behind 0, 1 and 2 unknown bytes and before unknown ones: the characters that depend on the secret alone. */
function alignedForms(secret: Buffer, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), secret])
      .toString(encoding)
      .replaceAll('=', '');
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + secret.length) * 8) / 6);
    const form = encoded.slice(first, last);
    return form.length >= 8 ? [form] : [];
  });
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function uriEncoded(text: string): string {
  // A lone surrogate has no URI form.
  return encodeURIComponent(text.toWellFormed());
}
