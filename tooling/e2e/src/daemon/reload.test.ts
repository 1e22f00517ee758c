import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeAnthropic, startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { createInstallation, type Installation } from './installation.ts';
import { repetitions } from './scale.ts';
import { everyFew } from './steady-requests.ts';

const reloads = repetitions(100, 1000);
const restarts = repetitions(2, 20);

let upstream: FakeAnthropic;
let installation: Installation | undefined;
beforeEach(async () => {
  const text = 'one two three four five six seven eight nine ten '.repeat(3);
  upstream = await startFakeAnthropic({ script: [{ text, chunk_ms: 40, when: { contains: 'a while' }, repeat: 0 }] });
});
afterEach(async () => {
  await installation?.[Symbol.asyncDispose]();
  await upstream.close();
});

/** Another configuration for every `n`: names, targets and rules change, and every third time the providers with them. */
const configuration = (n: number): Readonly<Record<string, unknown>> => {
  const provider = `p${Math.floor(n / 3)}`;
  return {
    providers: { [provider]: { type: 'anthropic', baseUrl: upstream.url, auth: 'client' }, demo: { type: 'demo' } },
    models: { default: { provider }, [`target-${n}`]: { provider: 'demo', model: `demo-${n}` } },
    routes: [{ name: `rule-${n}`, when: { model: `never-${n}` }, to: `target-${n}` }],
  };
};

describe('a configuration that changes while the daemon works', () => {
  it(
    `[C14][B6][F1] rows 75, 76: ${reloads} changed files, broken ones among them, and ${restarts} restarts at 50 requests a second: no request fails`,
    { timeout: 60_000 + reloads * 400 + restarts * 20_000 },
    async ({ annotate }) => {
      installation = await createInstallation(configuration(0));
      const { url, pid } = await installation.start();
      const pids = new Set([pid]);
      let client = await installation.client();
      const { configFile } = installation.paths;
      const load = everyFew(20, url);
      let [refused, reloaded] = [0, 0];
      for (let n = 1; n <= reloads; n += 1) {
        const broken = n % 10 === 0;
        const next = join(installation.home.work, 'next.yaml');
        writeFileSync(next, broken ? `routes: [broken-${n}\n` : JSON.stringify(configuration(n)), { mode: 0o600 });
        renameSync(next, configFile);
        await client.reloadConfig().then(
          () => (reloaded += 1),
          () => (refused += 1),
        );
        await sleep(20);
        if (n % (reloads / restarts) !== reloads / restarts / 2 + 1) continue;
        const { code, stdout } = await installation.ccproxy(['restart', '--json']);
        expect([code, stdout]).toEqual([0, expect.stringContaining('oldPid')]);
        pids.add((JSON.parse(stdout) as { pid: number }).pid);
        client = await installation.client();
        // The new daemon has read the file by itself.
        reloaded = 0;
      }
      const answers = await load.stop();
      const failed = answers.filter((answer) => !answer.completed);
      await annotate(
        `${answers.length} requests, ${reloads} reloads of which ${refused} refused, ${pids.size - 1} restarts: ${failed.length} failed`,
      );
      expect(failed).toEqual([]);
      expect(answers.length).toBeGreaterThan(reloads / 2);
      expect(refused).toBe(Math.floor(reloads / 10));
      expect(pids.size).toBe(restarts + 1);
      const status = await client.status();
      expect(status.configState?.reloads).toBe(reloaded);
      expect(status.providers.map(({ name }) => name)).toEqual([`p${Math.floor((reloads - 1) / 3)}`, 'demo']);
    },
  );

  it('[C14] a stream goes on when its provider is taken out, and the file is enough to tell the daemon', async () => {
    installation = await createInstallation(configuration(0));
    const { url } = await installation.start();
    const client = await installation.client();
    const begun = Promise.withResolvers<void>();
    const stream = ask(url, { model: 'long', stream: true, prompt: 'a while', onData: () => begun.resolve() });
    await begun.promise;
    const demo = { providers: { demo: { type: 'demo' } }, models: { default: { provider: 'demo' } } };
    writeFileSync(installation.paths.configFile, JSON.stringify(demo));
    await expect.poll(async () => (await client.status()).providers.map(({ name }) => name)).toEqual(['demo']);
    const other = await ask(url, { model: 'next' });
    expect(other).toMatchObject({ completed: true, headers: { 'x-ccproxy-target': 'default' } });
    expect(await stream).toMatchObject({ completed: true, failure: undefined });
    process.kill((await client.status()).pid, 'SIGHUP');
    await expect.poll(async () => (await ask(url)).completed).toBe(true);
  });

  it('[C3][F1] rows 24 to 26: a token that a command prints is rotated under load, once, and is seen nowhere', async () => {
    let valid = 'canary-0-token-of-the-command';
    let refusals = 0;
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        const good = request.headers.authorization === `Bearer ${valid}`;
        if (!good) refusals += 1;
        const usage = { input_tokens: 1, output_tokens: 1 };
        const message = {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage,
        };
        const error = { type: 'error', error: { type: 'authentication_error', message: `no: ${String(request.headers.authorization)}` } };
        response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(good ? message : error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    installation = await createInstallation({
      server: { authKey: 'key-of-this-gateway-1' },
      logging: { level: 'trace' },
      providers: { work: { type: 'anthropic', baseUrl, oauth: { command: ['./print-token'], required: true } } },
      models: { default: { provider: 'work' } },
    });
    const state = installation.paths.root;
    const directory = join(state, 'secret-place');
    mkdirSync(directory);
    writeFileSync(join(directory, 'token'), valid);
    writeFileSync(
      join(state, 'print-token'),
      `#!/bin/sh\necho run >> '${directory}/runs'\necho canary-on-stderr >&2\ncat '${directory}/token'\n`,
    );
    chmodSync(join(state, 'print-token'), 0o700);
    const { url } = await installation.start();
    const client = await installation.client();
    const headers = { 'x-ccproxy-token': 'key-of-this-gateway-1' };
    expect((await ask(url, { headers })).completed).toBe(true);
    valid = 'canary-1-token-of-the-command';
    writeFileSync(join(directory, 'token'), valid);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(url, { headers })));
    expect(answers.filter(({ completed }) => !completed)).toEqual([]);
    expect(readFileSync(join(directory, 'runs'), 'utf8').split('\n').length - 1).toBe(2);
    valid = 'nobody-knows-this-one';
    const last = await ask(url, { headers });
    expect(last.status).toBe(401);
    expect(refusals).toBeGreaterThan(0);
    const health = await (await fetch(`${url}/health`, { headers })).text();
    const overIpc = JSON.stringify([
      await client.status(),
      await client.activeConfig(),
      await client.recentLedger(100),
      await client.recentDecisions(100),
    ]);
    const shown = await installation.ccproxy(['status']);
    await client.close();
    await installation.ccproxy(['stop']);
    server.close();
    const files = readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(directory) && entry.name !== 'print-token')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const seen = [last.text, JSON.stringify(last.headers), health, overIpc, shown.stdout, shown.stderr, ...files];
    expect(seen.filter((text) => text.includes('canary'))).toEqual([]);
    expect(files.length).toBeGreaterThan(3);
  });
});
