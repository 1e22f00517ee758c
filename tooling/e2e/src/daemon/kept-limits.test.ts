import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeAnthropic, startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask } from './ask.ts';
import { createInstallation, type Installation, passthroughConfig } from './installation.ts';

/** How long what was taken may be unknown to whoever starts after a kill -9, ms (docs/guide/resilience.md). */
const forgotten = 2000;

describe('limits of callers', () => {
  let upstream: FakeAnthropic;
  let installation: Installation;
  beforeEach(async () => {
    const slow = { text: 'a long answer '.repeat(60), chunk_ms: 40, when: { contains: 'pace-slow' }, repeat: 0 };
    upstream = await startFakeAnthropic({ script: [slow] });
    installation = await createInstallation(passthroughConfig(upstream.url, { server: { limits: { requestsPerMinute: 3 } } }));
  });
  afterEach(async () => {
    await installation[Symbol.asyncDispose]();
    await upstream.close();
  });

  /** Requests until one is refused; the refusal is looked at. */
  async function allowed(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    for (let count = 0; ; count += 1) {
      const answer = await ask(url, { headers });
      if (answer.status === 200) continue;
      refused(answer);
      return count;
    }
  }
  function refused({ status, headers, text }: Answer): void {
    expect({ status, code: headers['x-ccproxy-error'] }).toEqual({ status: 429, code: 'CCP_LIMIT_CALLER' });
    expect(headers['retry-after']).toMatch(/^\d+$/);
    const seconds = Number(headers['retry-after']);
    expect([seconds >= 1, seconds <= 20]).toEqual([true, true]);
    expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
  }

  /** An answer that has begun. */
  async function begin(url: string, prompt: string, headers: Readonly<Record<string, string>> = {}): Promise<{ ended: Promise<Answer> }> {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const ended = ask(url, { stream: true, prompt, headers, onData: () => resolve() });
    await begun;
    return { ended };
  }

  /** How many requests of one minute's allowance became free since then; none on a machine that is not very slow. */
  const freed = (since: number): number => Math.floor((performance.now() - since) / 20_000);

  it('[A8][C9][B6] hold right after a restart, for each caller by itself, also for an answer that was on its way', async () => {
    const { url } = await installation.start();
    const client = await installation.client();
    const [ann, bob] = [
      await client.openSession({ client: 'e2e', pid: process.pid }),
      await client.openSession({ client: 'e2e', pid: process.pid }),
    ];
    const since = performance.now();
    expect(await allowed(url, { 'x-ccproxy-token': ann.token })).toBeLessThanOrEqual(3 + freed(since));
    const { ended } = await begin(url, 'pace-slow', { 'x-ccproxy-token': bob.token });
    expect((await installation.ccproxy(['restart'])).code).toBe(0);
    expect(await allowed(url, { 'x-ccproxy-token': ann.token })).toBeLessThanOrEqual(freed(since));
    expect(await allowed(url, { 'x-ccproxy-token': bob.token })).toBeLessThanOrEqual(2 + freed(since));
    expect(await allowed(url)).toBeGreaterThanOrEqual(3);
    expect((await ended).completed).toBe(true);
  });

  it('[A8][C9][B6] are told by a daemon that ends its last answer after a restart what that took', async () => {
    const costly = { text: 'a costly answer '.repeat(70), chunk_ms: 40, when: { contains: 'costly' }, usage: { output_tokens: 100_000 } };
    upstream.script([costly]);
    installation.home.writeConfig(passthroughConfig(upstream.url, { server: { limits: { tokensPerMinute: 6000 } } }));
    const { url } = await installation.start();
    const { ended } = await begin(url, 'costly');
    expect((await installation.ccproxy(['restart'])).code).toBe(0);
    expect((await ended).completed).toBe(true);
    // What is asked here takes less than what becomes free meanwhile: only the answer above can be what it is refused for.
    await expect
      .poll(async () => (await ask(url)).headers['x-ccproxy-error'], { timeout: 20_000, interval: 1000 })
      .toBe('CCP_LIMIT_CALLER');
  });

  it('[A8][C9] hold after a stop and a start, and after a kill -9 and a start', async () => {
    const { url } = await installation.start();
    const since = performance.now();
    expect(await allowed(url)).toBeLessThanOrEqual(3 + freed(since));
    expect((await installation.ccproxy(['stop'])).code).toBe(0);
    const { pid } = await installation.start();
    expect(await allowed(url)).toBeLessThanOrEqual(freed(since));
    await sleep(forgotten + 500);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => installation.processes.living()).toEqual([]);
    await installation.start();
    expect(await allowed(url)).toBeLessThanOrEqual(freed(since));
  });
});
