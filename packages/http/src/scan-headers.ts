/** The headers the guard decides on, read in one pass over the raw list. */
export interface HeaderScan {
  host?: string;
  origin?: string;
  'sec-fetch-site'?: string;
  'content-type'?: string;
  'content-encoding'?: string;
  'content-length'?: string;
  'transfer-encoding'?: string;
  expect?: string;
  authorization?: string;
  'x-api-key'?: string;
  'x-ccproxy-token'?: string;
  /** What makes the whole list unacceptable, in words without any of its content. */
  fault?: string;
}

type Watched = Exclude<keyof HeaderScan, 'fault'>;

const watched = new Set<string>([
  'host',
  'origin',
  'sec-fetch-site',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'expect',
  'authorization',
  'x-api-key',
  'x-ccproxy-token',
] satisfies Watched[]);

/** Bit n is set when a watched name has n characters: most headers are dismissed without lower-casing them. */
const lengths = [...watched].reduce((bits, name) => bits | (1 << name.length), 0);

const isWatched = (name: string): name is Watched => watched.has(name);

/** Names that some server in front of or behind us may read as the same header with hyphens (Envoy's edge guide rejects them too). */
const hasTwin = (name: string): boolean => watched.has(name.toLowerCase().replaceAll('_', '-'));

/**
 * Reads Node's `rawHeaders` (name, value, name, value, …). A watched header that comes twice, or comes under a name
 * with underscores, is a fault: two readers could understand two different requests.
 */
export function scanHeaders(rawHeaders: readonly string[]): HeaderScan {
  const scan: HeaderScan = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? '';
    if (raw.length > 31 || ((lengths >>> raw.length) & 1) === 0) continue;
    const name = raw.toLowerCase();
    if (isWatched(name)) {
      if (scan[name] !== undefined) scan.fault = `the header ${name} is there twice`;
      scan[name] = rawHeaders[index + 1] ?? '';
    } else if (raw.includes('_') && hasTwin(raw)) {
      scan.fault = 'a security header is spelled with underscores';
    }
  }
  return scan;
}

/** True when a body follows the headers. */
export const announcesBody = (scan: HeaderScan): boolean =>
  scan['transfer-encoding'] !== undefined || (scan['content-length'] !== undefined && scan['content-length'] !== '0');
