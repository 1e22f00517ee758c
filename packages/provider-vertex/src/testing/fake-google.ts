import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { Behaviour, Exchange } from '@ccproxy/providers/testing';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The key file of a service account, as Google writes it. */
export const serviceAccountFile = (tokenUri: string, fields: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'project-of-key',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'robot@project-of-key.iam.gserviceaccount.com',
    token_uri: tokenUri,
    ...fields,
  });

export const userFile = (tokenUri: string): string =>
  JSON.stringify({
    type: 'authorized_user',
    client_id: 'client-1',
    client_secret: 'client-secret-1',
    refresh_token: 'refresh-token-1',
    token_uri: tokenUri,
  });

const decoded = (part: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;

/** What is wrong with an assertion, or undefined: its RS256 signature (RFC 7515) and every claim Google asks for. */
function assertionProblem(assertion: string, audience: string, now: number): string | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  if (decoded(header)['alg'] !== 'RS256' || decoded(header)['kid'] !== 'key-1') return 'header';
  const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  if (!verifier.verify(publicKey, Buffer.from(signature, 'base64url'))) return 'signature';
  const { iss, scope, aud, iat, exp } = decoded(claims);
  if (iss !== 'robot@project-of-key.iam.gserviceaccount.com' || aud !== audience) return 'issuer or audience';
  if (scope !== 'https://www.googleapis.com/auth/cloud-platform') return 'scope';
  if (typeof iat !== 'number' || typeof exp !== 'number' || Math.abs(iat - now / 1000) > 5 || exp - iat !== 3600) return 'times';
  return undefined;
}

/** Gives tokens for good assertions and refresh tokens. */
export class FakeTokens {
  /** `token-1`, `token-2`, … */
  given = 0;
  readonly problems: string[] = [];
  expiresIn: number | undefined = 3600;
  now = (): number => Date.now();

  readonly behaviour: Behaviour = ({ request, response }: Exchange) => {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const problem = this.#problem(form, `http://${String(request.headers.host)}${request.path}`);
    if (problem !== undefined) {
      this.problems.push(problem);
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
      return;
    }
    this.given += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: `access-token-${this.given}`, expires_in: this.expiresIn, token_type: 'Bearer' }));
  };

  #problem(form: URLSearchParams, audience: string): string | undefined {
    if (form.get('grant_type') === 'refresh_token') {
      const sent = ['client_id', 'client_secret', 'refresh_token'].map((name) => form.get(name)).join();
      return sent === 'client-1,client-secret-1,refresh-token-1' ? undefined : 'login';
    }
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'grant';
    return assertionProblem(form.get('assertion') ?? '', audience, this.now());
  }
}
