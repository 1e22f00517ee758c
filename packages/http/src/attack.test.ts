import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttackOptions } from './testing/attack/attack-target.js';
import { attackChecks, runAttack } from './testing/attack/run-attack.js';
import { gatewayToken, startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let options: AttackOptions;

beforeAll(async () => {
  server = await startTestServer({
    server: { bodyLimit: 4 * 1024 * 1024 },
    limits: { headersTimeout: 1_500, checkInterval: 250, uploadGrace: 1_500, linger: 500 },
  });
  options = {
    host: '127.0.0.1',
    port: server.port,
    authentication: [`x-ccproxy-token: ${gatewayToken}`],
    protectedPaths: ['/metrics'],
    bodyLimitMb: 4,
    slowMs: 10_000,
    pid: process.pid,
  };
});
afterAll(() => server.http.close());

describe('the attack suite against a listening server', () => {
  it('[F1] [A8] has 108 checks with one protected route', () => {
    expect(attackChecks(options)).toHaveLength(108);
  });

  it.each([
    ['A', 'rows 1-10: browser boundary'],
    ['B', 'rows 38-45: sizes and bodies'],
    ['C', 'rows 46-47: framing and smuggling'],
    ['D', 'rows 33, 36, 48: leaks, paths, methods'],
    ['E', 'rows 49-51: slow, aborted and greedy connections'],
    ['F', 'rows 11, 80: protected routes'],
  ])(
    '[F1] [A8] group %s, %s: everything is withstood and nothing leaks',
    async (group) => {
      const report = await runAttack(options, [group]);
      expect(report.failed).toEqual([]);
      expect(report.leaks).toEqual([]);
      expect(report.answersScanned).toBeGreaterThanOrEqual(report.total);
    },
    120_000,
  );
});

describe('the attack suite', () => {
  it('finds what an ordinary server gets wrong', async () => {
    const app = Fastify();
    app.get('/health', () => ({ status: 'ok' }));
    app.get('/metrics', () => 'metrics');
    app.post('/v1/messages', () => ({}));
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    try {
      const port = Number(new URL(address).port);
      const report = await runAttack({ host: '127.0.0.1', port, protectedPaths: ['/metrics'] }, ['A0', 'A1', 'B27', 'D03', 'F']);
      const found = report.failed.map(({ id }) => id);
      expect(found).toEqual(expect.arrayContaining(['A01', 'A05', 'A12', 'A14', 'A16', 'B27', 'D03', 'F01', 'F50']));
      expect(report.leaks).toContain('D03: the canary');
    } finally {
      await app.close();
    }
  });

  it('attacks nothing but this machine', async () => {
    await expect(runAttack({ host: '192.0.2.1', port: 80 })).rejects.toThrow(RangeError);
  });
});
