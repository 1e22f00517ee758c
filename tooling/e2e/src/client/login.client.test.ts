import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskSecret } from '@ccproxy-internal/test-kit/fake-anthropic/request-log';
import { type ClientWorld, type Comparison, openClientWorld } from './client-world.ts';
import { expectSame, showRow } from './expect-same.ts';

/** The token of a gateway that does not let everybody in. */
const gatewayToken = 'local-gateway-token-0123456789abcdef';

let world: ClientWorld;
let guarded: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
  guarded = await openClientWorld({ authKey: gatewayToken });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

const bearer = 'sk-ant-oat01-dummy-subscription-token-of-a-test-0000000000000000AA';

/** A login as `claude /login` leaves it; every value is a dummy. */
const subscription = JSON.stringify({
  claudeAiOauth: {
    accessToken: bearer,
    refreshToken: 'sk-ant-ort01-dummy-refresh-token-of-a-test-0000000000000000AA',
    expiresAt: 4_102_444_800_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
    rateLimitTier: 'default_claude_max_5x',
  },
});

const json = ['-p', 'hello', '--output-format', 'json'];

const headersOf = (seen: Comparison): string[] => seen.through.requests.flatMap(({ headers }) => headers.map((line) => line.toLowerCase()));

describe('logins', () => {
  for (const [login, names] of [
    ['token', ['authorization']],
    ['key', ['x-api-key']],
    ['both', ['authorization', 'x-api-key']],
  ] as const) {
    it(`[C2 C12] ${login}`, async (context) => {
      const seen = await world.compare({ login, act: (side) => side.claude(json) });
      expectSame(context, seen);
      for (const name of names) expect(headersOf(seen).some((line) => line.startsWith(`${name}: `))).toBe(true);
    });
  }

  it('[C2] a key from the helper program', async (context) => {
    const seen = await world.compare({
      login: 'none',
      prepare: (home) => home.write('.claude/settings.json', JSON.stringify({ apiKeyHelper: 'echo dummy-key-of-a-helper' })),
      act: (side) => side.claude(json),
    });
    expectSame(context, seen);
    expect(headersOf(seen)).toContain(`x-api-key: ${maskSecret('dummy-key-of-a-helper')}`);
  });

  it('[C2 C12] a subscription: the bearer and its beta arrive as they were sent', async (context) => {
    const seen = await world.compare({
      login: 'none',
      prepare: (home) => home.write('.claude/.credentials.json', subscription),
      act: (side) => side.claude(json),
    });
    expectSame(context, seen);
    expect(headersOf(seen)).toContain(`authorization: bearer ${maskSecret(bearer)}`);
    expect(headersOf(seen).some((line) => line.startsWith('anthropic-beta: ') && line.includes('oauth-2025-04-20'))).toBe(true);
    expect(headersOf(seen).some((line) => line.startsWith('x-api-key: '))).toBe(false);
    expect(seen.through.requests[0]?.body).toContain('"ttl":"1h"');
  });

  it('[C2] a subscription token alone', async (context) => {
    const seen = await world.compare({ login: 'none', env: { CLAUDE_CODE_OAUTH_TOKEN: bearer }, act: (side) => side.claude(json) });
    expectSame(context, seen);
    expect(headersOf(seen)).toContain(`authorization: bearer ${maskSecret(bearer)}`);
  });

  it('[C2] no login: nothing is asked', async (context) => {
    const seen = await world.compare({ login: 'none', act: (side) => side.claude(json) });
    expectSame(context, seen);
    expect(seen.through.requests).toEqual([]);
  });

  it('[C2 F1] a subscription that the upstream refuses', async (context) => {
    const seen = await world.compare({
      login: 'none',
      env: { CLAUDE_CODE_MAX_RETRIES: '1' },
      script: [{ status: 401, repeat: 0 }],
      prepare: (home) => home.write('.claude/.credentials.json', subscription),
      act: (side) => side.claude(json),
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.code).toBe(1);
  });
});

describe('a gateway with a token', () => {
  it('[C2 F1] in a header of its own: it goes no further, the login does', async (context) => {
    const seen = await guarded.compare({
      throughEnv: { ANTHROPIC_CUSTOM_HEADERS: `x-ccproxy-token: ${gatewayToken}` },
      act: (side) => side.claude(json),
    });
    expectSame(context, seen);
    expect(seen.raw.through.requests.every(({ headers }) => headers.every(([name]) => !/ccproxy/i.test(name)))).toBe(true);
  });

  it('[C2 F1] in the place of the login: nothing of it goes on', async (context) => {
    const seen = await guarded.compare({ throughEnv: { ANTHROPIC_AUTH_TOKEN: gatewayToken }, act: (side) => side.claude(json) });
    showRow(context, seen, 'the token is removed');
    expect(seen.through.runs[0]?.code).toBe(0);
    expect(headersOf(seen).some((line) => line.startsWith('authorization: '))).toBe(false);
    expect(JSON.stringify(seen.raw.through.requests.map(({ rawBody }) => rawBody.toString('utf8')))).not.toContain(gatewayToken);
  });

  it('[F1] without it: refused at once, nothing reaches the upstream', async (context) => {
    const seen = await guarded.compare({ act: (side) => side.claude(json) });
    showRow(context, seen, 'refused');
    expect(seen.through.requests).toEqual([]);
    expect(seen.through.runs[0]?.code).toBe(1);
    expect(seen.through.runs[0]?.stdout).toContain('"is_error":true');
  });
});
