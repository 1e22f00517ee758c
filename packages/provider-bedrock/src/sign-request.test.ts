import { describe, expect, it } from 'vitest';
import { encodeSegment, signRequest } from './sign-request.js';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const scope = { region: 'us-east-1', service: 'service', now: Date.UTC(2015, 7, 30, 12, 36, 0) };
const sign = (request: Partial<Parameters<typeof signRequest>[0]>, credentials = keys) =>
  signRequest(
    { method: 'GET', path: '/', headers: { host: 'example.amazonaws.com' }, body: Buffer.alloc(0), ...request },
    credentials,
    scope,
  );
const signatureOf = (headers: Record<string, string>): string => /Signature=(.*)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';

describe('signRequest', () => {
  // The test suite AWS publishes for Signature Version 4: awslabs/aws-c-auth, tests/aws-signing-test-suite/v4.
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'example.amazonaws.com' },
        body: Buffer.from('Param1=value1'),
      },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'get-header-key-duplicate',
      { headers: { host: 'example.amazonaws.com', 'my-header1': 'value2,value2,value1' } },
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
  ])('[C12] gives the signature AWS publishes for %s', (_name, request, expected) => {
    expect(signatureOf(sign(request))).toBe(expected);
  });

  it('[C12] names the scope and every header it signs, the session token among them', () => {
    const headers = sign({}, { ...keys, sessionToken: 'token' } as typeof keys);
    expect(headers).toMatchObject({ 'x-amz-date': '20150830T123600Z', 'x-amz-security-token': 'token' });
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(JSON.stringify(headers)).not.toContain(keys.secretAccessKey);
  });

  it('[C12] encodes what stands in a path once for the address and once more for the signature', () => {
    expect(encodeSegment("a:b/c(1)!'*~")).toBe('a%3Ab%2Fc%281%29%21%27%2A~');
    expect(signatureOf(sign({ path: '/model/a%3A0/invoke' }))).not.toBe(signatureOf(sign({ path: '/model/a:0/invoke' })));
  });
});
