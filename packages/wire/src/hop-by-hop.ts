const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Whether a header belongs to one connection and is never forwarded (RFC 9110 §7.6.1). Any case. */
export const isHopByHop = (name: string): boolean => hopByHop.has(name.toLowerCase());

/** The same for a name in lower case. */
export const isHopByHopName = (name: string): boolean => hopByHop.has(name);

/** The lower-case names a `Connection` header declares hop-by-hop. */
export const connectionNames = (value: string): string[] =>
  value
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
