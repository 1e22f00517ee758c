import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ccproxydBin, type FakeAnthropic, startDaemon, startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { createInstallation, type Installation, passthroughConfig } from './installation.ts';
import { ledgerRows } from './ledger-rows.ts';

describe('SIGTERM', () => {
  let upstream: FakeAnthropic;
  let installation: Installation;
  beforeEach(async () => {
    const text = 'one two three four five six seven eight nine ten '.repeat(4);
    upstream = await startFakeAnthropic({
      script: [
        { text, chunk_ms: 60, when: { contains: 'a second' }, repeat: 0 },
        { text: text.repeat(50), chunk_ms: 60, when: { contains: 'for ever' }, repeat: 0 },
        { fault: 'hang', when: { contains: 'nothing' }, repeat: 0 },
      ],
    });
    installation = await createInstallation(passthroughConfig(upstream.url, { server: { drainTimeout: '2s' } }));
  });
  afterEach(async () => {
    await installation[Symbol.asyncDispose]();
    await upstream.close();
  });
  const daemon = (): ReturnType<typeof startDaemon> => startDaemon({ home: installation.home, processes: installation.processes });
  /** A stream that has begun. */
  const begun = async (url: string, question: Question): Promise<{ answer: Promise<Answer> }> => {
    const first = Promise.withResolvers<void>();
    const answer = ask(url, { stream: true, ...question, onData: () => first.resolve() });
    await Promise.race([first.promise, answer]);
    return { answer };
  };

  it('[F1] row 74: open streams finish, new requests are 503 with retry-after, the exit code is 0', async () => {
    const { url, port, pid, process: child } = await daemon();
    const streams = await Promise.all(Array.from({ length: 20 }, (_, n) => begun(url, { model: `stream-${n}`, prompt: 'a second' })));
    // A request that is half sent when the signal comes is a new one afterwards.
    const late = connect(port, '127.0.0.1');
    const said = text(late);
    late.write('POST /v1/messages HTTP/1.1\r\nhost: ');
    await sleep(100);
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => ask(url).then(({ failure }) => failure)).toBe('ECONNREFUSED');
    late.write(`127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`);
    expect(await said).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: \d+\r\n[^]*"type":"error"/);
    const answers = await Promise.all(streams.map(({ answer }) => answer));
    expect(answers.filter((answer) => !answer.completed)).toEqual([]);
    expect((await child.ended).code).toBe(0);
    // One of the probes above may have been answered just before the signal arrived.
    const rows = ledgerRows(installation.paths.databaseFile).filter(({ model }) => model.startsWith('stream-'));
    expect(rows.map(({ outcome }) => outcome)).toEqual(streams.map(() => 'ok'));
  });

  it('[F1] row 74: what is open after drainTimeout ends with an error in its own protocol', async () => {
    const { url, pid, process: child } = await daemon();
    const stream = await begun(url, { model: 'stream', prompt: 'for ever' });
    const waiting = ask(url, { model: 'waiting', prompt: 'nothing' });
    await expect.poll(() => fetch(`${url}/livez`).then(({ status }) => status)).toBe(200);
    await sleep(200);
    const asked = performance.now();
    process.kill(pid, 'SIGTERM');
    const cut = await stream.answer;
    expect(cut.status).toBe(200);
    expect(cut.text).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"\w+"/);
    expect(cut.text).not.toContain('message_stop');
    const never = await waiting;
    expect([never.status, never.headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(JSON.parse(never.text)).toMatchObject({ type: 'error' });
    expect((await child.ended).code).toBe(0);
    expect(performance.now() - asked).toBeGreaterThan(1900);
    const outcomes = ledgerRows(installation.paths.databaseFile).map(({ model, outcome }) => [model, outcome]);
    expect(outcomes).toEqual([
      ['stream', 'partial'],
      ['waiting', 'error'],
    ]);
  });

  it('[F1] row 74: a second signal ends it at once', async () => {
    installation.home.writeConfig(passthroughConfig(upstream.url, { server: { drainTimeout: '10m' } }));
    const { url, pid, process: child } = await daemon();
    const stream = await begun(url, { prompt: 'for ever' });
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => child.stderr()).toContain('"msg":"draining"');
    expect(child.running()).toBe(true);
    process.kill(pid, 'SIGTERM');
    await child.ended;
    expect((await stream.answer).completed).toBe(false);
    expect(await installation.start()).toMatchObject({ started: true });
  });

  it('[F1] row 74: a signal during the start ends it, and nothing is left', async () => {
    for (const ms of [30, 150, 400]) {
      const starting = installation.processes.spawn(process.execPath, [ccproxydBin], {
        env: installation.home.env(),
      });
      await sleep(ms);
      starting.kill('SIGTERM');
      await starting.ended;
    }
    expect(await installation.ccproxy(['status'])).toMatchObject({ code: 3 });
    expect(await installation.start()).toMatchObject({ started: true });
  });

  it('[B2] `ccproxy stop --timeout-seconds 0` cuts what is open', async () => {
    const { url } = await installation.start();
    const stream = await begun(url, { prompt: 'for ever' });
    expect(await installation.ccproxy(['stop', '--timeout-seconds', '0'])).toMatchObject({ code: 0 });
    const cut = await stream.answer;
    expect(cut.completed).toBe(false);
    expect(cut.text).toContain('event: error');
    expect(installation.processes.living()).toEqual([]);
  });
});
