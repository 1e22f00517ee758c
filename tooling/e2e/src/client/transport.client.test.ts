import { findSecrets, type LoggedRequest, newCanaryKey } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWorld, openClientWorld } from './client-world.ts';
import { expectSame, showRow } from './expect-same.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('transport', () => {
  it('[C12] a Unix socket', async (context) => {
    const seen = await world.compare({
      way: 'socket',
      script: [{ tool_use: { name: 'Bash', input: { command: 'echo over a socket' } } }],
      act: (side) => side.claude(['-p', 'hello', '--allowedTools', 'Bash', '--output-format', 'json']),
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('TOOL_RESULT: over a socket');
  });

  it('[C12 F1] 8 clients at once', async (context) => {
    const numbers = Array.from({ length: 8 }, (_, n) => n);
    const client = (n: number): string => `client number ${n}`;
    const numberOf = (request: LoggedRequest): string => /client number \d/.exec(request.rawBody.toString('utf8'))?.[0] ?? '';
    const seen = await world.compare({
      order: (request) => `${numberOf(request)} ${String(request.rawBody.length).padStart(9, '0')}`,
      act: (side) =>
        Promise.all(
          numbers.map((n) => side.claude(['-p', `[[tool:Bash {"command":"sleep 1; echo ${client(n)}"}]]`, '--allowedTools', 'Bash'])),
        ),
    });
    expectSame(context, seen);
    expect(seen.through.runs.map(({ stdout }) => stdout)).toEqual(numbers.map((n) => `TOOL_RESULT: ${client(n)}\n`));
    expect(seen.through.requests).toHaveLength(16);
  });

  it('[C12] answers are asked for uncompressed', async (context) => {
    const seen = await world.compare({ act: (side) => side.claude(['-p', 'hello']) });
    showRow(context, seen, 'accept-encoding: identity');
    const encodings = (requests: readonly LoggedRequest[]): string[] =>
      requests.flatMap(({ headers }) => headers.filter(([name]) => /^accept-encoding$/i.test(name)).map(([, value]) => value));
    expect(encodings(seen.raw.direct.requests)).toEqual(['gzip, deflate, br, zstd']);
    expect(encodings(seen.raw.through.requests)).toEqual(['identity']);
  });

  it('[A5 F1] no credential is written to the log, and nothing tried to leave the machine', async () => {
    const key = newCanaryKey();
    await world.compare({ login: 'none', env: { ANTHROPIC_API_KEY: key }, act: (side) => side.claude(['-p', 'hello']) });
    expect(world.daemon.log()).not.toBe('');
    expect(findSecrets(world.daemon.log(), [key])).toEqual([]);
    expect(world.trap.attempts).toEqual([]);
  });
});
