import { BlockList, isIP } from 'node:net';

/** A usable address, or a sentence why it is refused and with which code. */
export type BaseUrlResult =
  | { readonly ok: true; readonly url: string; readonly loopback: boolean; readonly secure: boolean; readonly hostname: string }
  | { readonly ok: false; readonly code: 'CCP_CONFIG_INVALID' | 'CCP_CONFIG_UNSAFE_URL'; readonly message: string };

/** Names of metadata services of clouds; all of them also answer on link-local addresses. */
const metadataNames = new Set(['metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal']);

/** Names are most of what is asked for, and the expression of Node that finds out that one is no IPv6 address takes 5 ms to make (measured). */
const mayBeAddress = /^[\d.]+$|:/u;

/** Link-local networks and the fixed metadata addresses of the large clouds. */
function metadataAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addAddress('fd00:ec2::254', 'ipv6');
  list.addAddress('fd20:ce::254', 'ipv6');
  list.addAddress('100.100.100.200', 'ipv4');
  list.addAddress('168.63.129.16', 'ipv4');
  return list;
}

/**
 * Checks the base URL of a provider: http or https, no credentials, query or fragment, no metadata service (in any notation the URL parser
 * folds into one). Names are not resolved here. Never puts the URL into a message: it may have come out of a variable.
 */
export function checkBaseUrl(text: string): BaseUrlResult {
  const invalid = (message: string): BaseUrlResult => ({ ok: false, code: 'CCP_CONFIG_INVALID', message });
  const unsafe = (message: string): BaseUrlResult => ({ ok: false, code: 'CCP_CONFIG_UNSAFE_URL', message });
  if (!URL.canParse(text)) return invalid('must be a URL such as https://api.example.com');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return invalid('must start with http:// or https://');
  if (url.username !== '' || url.password !== '') return unsafe('must not hold a user name or password');
  if (url.search !== '' || url.hash !== '') return unsafe('must not hold a query or fragment');
  if (isMetadataHost(url.hostname)) return unsafe('names a metadata service or link-local address');
  return {
    ok: true,
    url: `${url.origin}${url.pathname}`.replace(/\/+$/u, ''),
    loopback: isLoopback(url.hostname),
    secure: url.protocol === 'https:',
    hostname: url.hostname,
  };
}

/** True for the name or address of a cloud's metadata service, and for any link-local address. */
export function isMetadataHost(hostname: string): boolean {
  const host = bare(hostname);
  if (metadataNames.has(host)) return true;
  const version = mayBeAddress.test(host) ? isIP(host) : 0;
  if (version === 0) return false;
  return metadataAddresses().check(version === 6 ? withoutNat64(host) : host, version === 6 ? 'ipv6' : 'ipv4');
}

/** `64:ff9b::a.b.c.d` reaches a.b.c.d through NAT64; the mapped form is checked as IPv4. */
function withoutNat64(host: string): string {
  return host.replace(/^64:ff9b::/u, '::ffff:');
}

/** True for a host that never leaves this machine. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(host) || /^::ffff:(?:127\.|7f)/u.test(host);
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/gu, '')
    .replace(/\.$/u, '');
}
