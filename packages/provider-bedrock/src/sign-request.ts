import { createHash, createHmac } from 'node:crypto';

/** AWS credentials that sign a request. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface UnsignedRequest {
  readonly method: string;
  /** As it is sent: every segment encoded once. */
  readonly path: string;
  /** All that are signed; `host` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** ms since the epoch */
  readonly now: number;
}

const algorithm = 'AWS4-HMAC-SHA256';
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** A segment of a path as RFC 3986 encodes it. */
export const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/[!'()*]/gu, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Every segment is encoded once more for the signature, whatever it holds already (all services but S3). */
const canonicalPath = (path: string): string => path.split('/').map(encodeSegment).join('/');

/**
 * Signs a request without a query by AWS Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"). Returns its headers
 * with `x-amz-date`, the session token and `authorization` added.
 */
export function signRequest(request: UnsignedRequest, keys: AwsKeys, { region, service, now }: SigningScope): Record<string, string> {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d{3}/gu, '');
  const day = stamp.slice(0, 8);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': stamp };
  if (keys.sessionToken !== undefined) headers['x-amz-security-token'] = keys.sessionToken;
  const names = Object.keys(headers).toSorted();
  const signed = names.join(';');
  const canonical = [
    request.method,
    canonicalPath(request.path),
    '',
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/gu, ' ')}`),
    '',
    signed,
    sha256(request.body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const secret: string | Buffer = `AWS4${keys.secretAccessKey}`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>((above, part) => hmac(above, part), secret);
  const signature = hmac(key, [algorithm, stamp, scope, sha256(canonical)].join('\n')).toString('hex');
  headers['authorization'] = `${algorithm} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return headers;
}
