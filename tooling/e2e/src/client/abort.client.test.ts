import { waitFor } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWorld, openClientWorld, type Scenario } from './client-world.ts';
import { expectSame } from './expect-same.ts';
import { recentLedger } from './recent-ledger.ts';
import { finished } from './side.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** An answer that stops after its second delta, and a client that is ended then. */
const interrupted = (signal: NodeJS.Signals, way: 'url' | 'launcher' = 'url'): Scenario => ({
  way,
  answeredByGateway: ['GET /v1/models'],
  script: [{ fault: 'hang-mid', repeat: 0 }],
  act: async (side) => {
    const client = side.start(['-p', 'hello', '--output-format', 'stream-json', '--verbose', '--include-partial-messages']);
    await client.waitForOutput('"text":"is going to "', { timeoutMs: 60_000 });
    client.kill(signal);
    return finished(client);
  },
});

const newest = async () => (await recentLedger(world.daemonHome.stateDir, 1))[0];

describe('a client that goes away', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`[C12 C17 F1] ${signal} inside the answer: the upstream is told, the ledger says aborted`, async (context) => {
      const seen = await world.compare(interrupted(signal));
      expectSame(context, seen);
      expect(seen.through.requests.map(({ end }) => end)).toEqual(['closed-early']);
      await waitFor(async () => (await newest())?.outcome === 'aborted', { what: 'a ledger row that says aborted' });
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`[A1 F1] ${signal} to \`ccproxy claude\` is the client's`, async (context) => {
      const seen = await world.compare(interrupted(signal, 'launcher'));
      expectSame(context, seen);
      expect(seen.through.requests.map(({ end }) => end)).toEqual(['closed-early']);
    });
  }

  it('[C17 F1] before the first byte of the answer', async (context) => {
    const seen = await world.compare({
      script: [{ fault: 'hang', repeat: 0 }],
      act: async (side) => {
        const client = side.start(['-p', 'hello']);
        await waitFor(() => world.upstream.open() === 1, { what: 'the request', timeoutMs: 60_000 });
        client.kill('SIGKILL');
        return finished(client);
      },
    });
    expectSame(context, seen);
    expect(seen.through.requests.map(({ end, status }) => [end, status])).toEqual([['closed-early', null]]);
    await waitFor(async () => (await newest())?.outcome === 'aborted', { what: 'a ledger row that says aborted' });
  });

  it('[F1] the daemon serves on', async (context) => {
    const seen = await world.compare({ act: (side) => side.claude(['-p', 'hello']) });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toBe('FAKE_OK: hello\n');
  });
});
