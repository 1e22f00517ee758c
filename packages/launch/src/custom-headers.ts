/** Header that carries a gateway token to the daemon, which removes it. */
export const tokenHeader = 'x-ccproxy-token';

const credentialHeaders = new Set(['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'host']);

/**
 * Joins the user's ANTHROPIC_CUSTOM_HEADERS (`Name: value` lines) with the token's line. The variable is replaced, not merged, by a higher
 * layer (measured), so the user's lines have to be repeated. A token of an earlier session is dropped.
 */
export function joinCustomHeaders(users: string | undefined, token: string): string {
  const kept = withoutLocalHeaders(users ?? '', { credentials: false });
  return `${kept === '' ? '' : `${kept}\n`}${tokenHeader}: ${token}`;
}

/** The lines that are not meant for ccproxy itself, nor (with `credentials`) name a credential. */
export function withoutLocalHeaders(headers: string, { credentials }: { readonly credentials: boolean }): string {
  return headers
    .split(/\r\n|\n|\r/u)
    .filter((line) => {
      const name = line.split(':', 1)[0]?.trim().toLowerCase() ?? '';
      return line.trim() !== '' && !name.startsWith('x-ccproxy-') && !(credentials && credentialHeaders.has(name));
    })
    .join('\n');
}
