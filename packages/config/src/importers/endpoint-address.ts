import { checkBaseUrl, isLoopback } from '../base-url.js';
import { parseExpressions } from '../interpolate.js';

export type Address =
  | { readonly ok: true; readonly written: string; readonly loopback: boolean; readonly port: string; readonly path: string }
  | { readonly ok: false; readonly why: string };

/** Whether it is nothing but one variable. */
const onlyVariable = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/u;

/**
 * An address as the new file writes it, checked as far as it is known: what stands for a variable is not. No message shows it.
 * @param written with `${NAME}` for variables
 */
export function checkAddress(written: string): Address {
  if (written.length > 1024 || /\p{Cc}/u.test(written)) return { ok: false, why: 'is no address' };
  if (onlyVariable.test(written)) return { ok: true, written, loopback: false, port: '', path: '/v1' };
  const pieces = parseExpressions(written);
  if (pieces.some(({ kind }) => kind === 'malformed' || kind === 'file')) return { ok: false, why: 'is no address' };
  const known = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '1')).join('');
  const checked = checkBaseUrl(known);
  if (!checked.ok) return { ok: false, why: checked.message };
  const url = new URL(checked.url);
  return { ok: true, written: written.replace(/\/+$/u, ''), loopback: isLoopback(url.hostname), port: url.port, path: url.pathname };
}
