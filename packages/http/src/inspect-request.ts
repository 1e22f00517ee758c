import type { CcproxyError } from '@ccproxy/kernel';
import { errors } from './errors.js';
import type { HttpLimits } from './http-limits.js';
import { announcesBody, type HeaderScan } from './scan-headers.js';

/** What the guard knows of a request before anything of its body is read. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly headerCount: number;
  readonly scan: HeaderScan;
  /** undefined where every Host is fine: on the Unix socket. */
  readonly hostAllowed: ((host: string) => boolean) | undefined;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly bodyLimit: number;
  readonly limits: Pick<HttpLimits, 'headerCount' | 'urlLength'>;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const sameSite = new Set(['same-origin', 'none']);
const jsonType = /^application\/json\s*(?:;|$)/i;
const foreignCharset = /charset\s*=\s*"?(?!utf-?8\b)/i;
const digits = /^\d{1,15}$/;

const bad = (message: string): CcproxyError => errors.CCP_HTTP_BAD_REQUEST({ message });

function inspectTarget({ method, target, headerCount, scan, limits }: RequestHead): CcproxyError | undefined {
  if (scan.fault !== undefined) return bad(`The request was refused: ${scan.fault}.`);
  if (headerCount > limits.headerCount) {
    return errors.CCP_HTTP_HEADERS_TOO_LARGE({ message: `The request has more than ${limits.headerCount} headers.` });
  }
  if (!methods.has(method)) return errors.CCP_HTTP_METHOD_REFUSED({ message: 'This server does not know the method of the request.' });
  if (!target.startsWith('/') || target.startsWith('//')) return bad('The request target must be a path on this server.');
  if (target.length > limits.urlLength) {
    return errors.CCP_HTTP_URL_TOO_LONG({ message: `The request target is longer than ${limits.urlLength} characters.` });
  }
  return undefined;
}

/** Rows 1-4 of the threat table: DNS rebinding, foreign pages. */
function inspectBoundary({ scan, hostAllowed, allowedOrigins }: RequestHead): CcproxyError | undefined {
  if (hostAllowed !== undefined) {
    if (scan.host === undefined) return bad('The request has no Host header.');
    if (!hostAllowed(scan.host)) {
      return errors.CCP_HTTP_HOST_REFUSED({ message: 'The Host header of the request does not name this server.' });
    }
  }
  if (scan.origin !== undefined) {
    return allowedOrigins.has(scan.origin)
      ? undefined
      : errors.CCP_HTTP_ORIGIN_REFUSED({ message: 'The request comes from a web page this server does not serve.' });
  }
  const site = scan['sec-fetch-site'];
  return site === undefined || sameSite.has(site)
    ? undefined
    : errors.CCP_HTTP_ORIGIN_REFUSED({ message: 'The request comes from another site in a browser.' });
}

function inspectBody({ method, scan, bodyLimit }: RequestHead): CcproxyError | undefined {
  if (scan.expect !== undefined && scan.expect.toLowerCase() !== '100-continue') {
    return errors.CCP_HTTP_EXPECTATION_REFUSED({ message: 'The Expect header of the request cannot be met.' });
  }
  if (!announcesBody(scan)) return undefined;
  if (method === 'GET' || method === 'HEAD') return bad(`A ${method} request has no body here.`);
  const length = scan['content-length'];
  if (length !== undefined && !digits.test(length)) return bad('The Content-Length of the request is not a number.');
  if (length !== undefined && Number(length) > bodyLimit) {
    return errors.CCP_HTTP_BODY_TOO_LARGE({ message: `The body is larger than ${bodyLimit} bytes.` });
  }
  const encoding = scan['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return errors.CCP_HTTP_MEDIA_TYPE_REFUSED({ message: 'The body is compressed; this server takes plain JSON only.' });
  }
  const type = scan['content-type'];
  if (type !== 'application/json' && (type === undefined || !jsonType.test(type) || foreignCharset.test(type))) {
    return errors.CCP_HTTP_MEDIA_TYPE_REFUSED({ message: 'The body is not declared as application/json in UTF-8.' });
  }
  return undefined;
}

/**
 * Decides on the head of a request alone whether it may go on. Synchronous, no I/O, the ordinary request allocates nothing.
 * Returns the coded error to answer with, or undefined.
 */
export const inspectRequest = (head: RequestHead): CcproxyError | undefined =>
  inspectTarget(head) ?? inspectBoundary(head) ?? inspectBody(head);
