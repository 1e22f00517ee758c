import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeAnthropic, startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { createInstallation, type Installation } from './installation.ts';
import { paces, startLoad } from './load.ts';
import { repetitions } from './scale.ts';

const restarts = repetitions(3, 30);
const lanes = 8;

describe('ccproxy restart', () => {
  let upstream: FakeAnthropic;
  let installation: Installation;
  let env: Record<string, string>;
  /** The provider has a key of its own, so that only the holder of a gateway token is served. */
  const config = (rest: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
    providers: { keyed: { type: 'anthropic', baseUrl: upstream.url, apiKey: '${UPSTREAM_KEY}' } },
    models: { default: { provider: 'keyed' } },
    ...rest,
  });
  beforeEach(async () => {
    const slow = { text: 'a long answer '.repeat(60), chunk_ms: 40, when: { contains: 'pace-slow' }, repeat: 0 };
    upstream = await startFakeAnthropic({ script: [...paces, slow] });
    installation = await createInstallation(config());
    env = installation.home.env({ UPSTREAM_KEY: 'key-of-the-upstream' });
  });
  afterEach(async () => {
    await installation[Symbol.asyncDispose]();
    await upstream.close();
  });
  const restart = async (): Promise<{ oldPid: number; pid: number }> => {
    const { code, stdout, stderr } = await installation.ccproxy(['restart', '--json'], { env });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringContaining('oldPid'), stderr: '' });
    return JSON.parse(stdout) as { oldPid: number; pid: number };
  };
  const status = async (): Promise<{ pid: number; pinned: boolean; url: string }> =>
    JSON.parse((await installation.ccproxy(['status', '--json'], { env })).stdout) as { pid: number; pinned: boolean; url: string };

  it(
    `[B6][F1] row 76: ${restarts} restarts under load fail no request, cut no stream and end no session`,
    { timeout: 60_000 + restarts * 20_000 },
    async ({ annotate }) => {
      const { pid, url } = await installation.start({ env });
      const session = await (await installation.client()).openSession({ client: 'e2e', pid: process.pid });
      const headers = { 'x-ccproxy-token': session.token };
      expect((await ask(url)).status).toBe(401);
      const load = startLoad(url, { lanes, name: 'load', headers });
      const pids = [pid];
      for (let n = 0; n < restarts; n++) {
        await sleep(200);
        const inFlight = ask(url, { stream: true, prompt: 'pace-slow', headers });
        await sleep(100);
        const { oldPid, pid: newPid } = await restart();
        expect(oldPid).toBe(pids.at(-1));
        pids.push(newPid);
        expect(await status()).toMatchObject({ pid: newPid, pinned: true, url });
        const slow = await inFlight;
        expect({ status: slow.status, completed: slow.completed, failure: slow.failure }).toEqual({
          status: 200,
          completed: true,
          failure: undefined,
        });
      }
      await sleep(200);
      await load.stop();
      const failed = [...load.answers].filter(([, answer]) => !answer.completed);
      await annotate(`${restarts} restarts, ${load.answers.size} requests, ${failed.length} failed`);
      expect(failed).toEqual([]);
      expect(load.answers.size).toBeGreaterThan(restarts * lanes);
      expect(new Set(pids).size).toBe(restarts + 1);
      await expect.poll(() => installation.processes.living(), { timeout: 50_000 }).toEqual([pids.at(-1)]);
    },
  );

  it('[B6] an idle connection of a client does not hold up the next restart', async () => {
    const { url } = await installation.start({ env });
    const session = await (await installation.client()).openSession({ client: 'e2e', pid: process.pid });
    const open = await Promise.all([1, 2, 3].map(() => fetch(`${url}/livez`)));
    await Promise.all(open.map((answer) => answer.text()));
    for (let n = 0; n < 3; n++) {
      await restart();
      expect((await ask(url, { headers: { 'x-ccproxy-token': session.token }, prompt: 'pace-0' })).completed).toBe(true);
    }
  });

  it('[B6][C14] a restart into a configuration that does not work leaves the old daemon serving', async () => {
    const { pid, url } = await installation.start({ env });
    const session = await (await installation.client()).openSession({ client: 'e2e', pid: process.pid });
    // Fails in the daemon alone, when it is loaded.
    const bomb = installation.home.write('bomb.cjs', "if (process.argv[1].endsWith('ccproxyd.js')) throw new Error('boom');");
    const refusals: readonly (readonly [
      config: string | Readonly<Record<string, unknown>>,
      env: Record<string, string>,
      code: number,
      error: string,
    ])[] = [
      ['providers: { demo: ', env, 2, 'CCP_CONFIG_SYNTAX'],
      // A weak key is found by the daemon alone.
      [config({ server: { host: '0.0.0.0', authKey: 'aaaaaaaaaaaaaaaaaaaaaaaa' } }), env, 1, 'CCP_DAEMON_TAKEOVER'],
      [config(), { ...env, NODE_OPTIONS: `--require=${bomb}` }, 1, 'CCP_DAEMON_TAKEOVER'],
    ];
    for (const [text, environment, code, error] of refusals) {
      installation.home.writeConfig(text);
      const refused = await installation.ccproxy(['restart', '--json'], { env: environment });
      expect([refused.code, refused.stdout]).toEqual([code, expect.stringContaining(error)]);
      installation.home.writeConfig(config());
      expect(await status()).toMatchObject({ pid, pinned: true });
      expect((await ask(url, { headers: { 'x-ccproxy-token': session.token }, prompt: 'pace-0' })).completed).toBe(true);
      await expect.poll(() => installation.processes.living()).toEqual([pid]);
    }
    expect((await restart()).oldPid).toBe(pid);
  });
});
