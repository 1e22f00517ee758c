import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { guardedLookup } from './guarded-lookup.js';
import { loadPool, loadUndici } from './load-undici.js';

/** How calls leave this machine. */
export interface Egress {
  /** `env`: HTTP_PROXY, HTTPS_PROXY and NO_PROXY of `env`; `none` or empty: direct; else the URL of a proxy. */
  readonly proxy: string;
  /** Paths of PEM files with further certificate authorities. */
  readonly ca: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves names; the system's by default. Addresses of metadata services are refused in either case. */
  readonly lookup?: LookupFunction;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** True for an address of this machine: never sent through a proxy. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname) || hostname.toLowerCase().endsWith('.localhost');

/** An idle connection is kept this long, ms: an agent's turns come seconds apart and each new one would pay a TLS handshake. */
const KEEP_ALIVE = 30_000;

const certificates = (files: readonly string[]): { ca: string[] } | Record<string, never> =>
  files.length === 0 ? {} : { ca: [...getCACertificates('default'), ...files.map((file) => readFileSync(file, 'utf8'))] };

/**
 * The connections to one origin. HTTP/1.1 only: an abort then closes exactly one socket, at once, and no stream waits for another's
 * flow-control window. Time limits of the pool are off, or later than those of the call's watchdog, which names the limit that ran out;
 * `connectMs` only frees the socket of an attempt nobody waits for any more.
 * A name that leads to a metadata service is refused; behind a proxy it is the proxy that resolves names.
 * Throws what reading a CA file throws.
 */
export function createDispatcher(origin: string, egress: Egress, connectMs: number): Dispatcher {
  const { hostname } = new URL(origin);
  const tls = certificates(egress.ca);
  const options = {
    connections: null,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    keepAliveMaxTimeout: 120_000,
    maxHeaderSize: 32 * 1024,
    connect: { timeout: connectMs + 1000, keepAlive: true, lookup: guardedLookup(egress.lookup), ...tls },
  };
  const direct = (): Dispatcher => new (loadPool())(origin, options);
  if (isLoopback(hostname) || egress.proxy === '' || egress.proxy === 'none') return direct();
  const proxied = { ...options, requestTls: tls, proxyTls: tls };
  if (egress.proxy !== 'env') return new (loadUndici().ProxyAgent)({ ...proxied, uri: egress.proxy });
  const variable = (name: string): string => egress.env[name.toLowerCase()] ?? egress.env[name] ?? '';
  const httpProxy = variable('HTTP_PROXY');
  const httpsProxy = variable('HTTPS_PROXY');
  if (httpProxy === '' && httpsProxy === '') return direct();
  return new (loadUndici().EnvHttpProxyAgent)({ ...proxied, httpProxy, httpsProxy, noProxy: variable('NO_PROXY') });
}
