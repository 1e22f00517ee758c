import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CcproxyError } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { handleSignals } from './handle-signals.js';
import { demoOnly, type TestDaemon, TestDaemons } from './testing/test-daemon.js';

const daemons = new TestDaemons();
afterEach(() => daemons.end());

const configuration = (more: string): string => `${demoOnly}${more}`;
const withTarget = (name: string): string =>
  demoOnly.replace('default: { provider: demo }', `default: { provider: demo }, ${name}: { provider: demo, model: demo }`);
const file = ({ root }: TestDaemon): string => join(root, 'ccproxy.yaml');
const write = (daemon: TestDaemon, text: string): void => writeFileSync(file(daemon), text, { mode: 0o600 });
const targets = ({ daemon }: TestDaemon): string[] => daemon.status().targets.map(({ name }) => name);
const failure = ({ daemon }: TestDaemon) => daemon.status().configState?.failure;
const logOf = ({ root }: TestDaemon): string => readFileSync(join(root, 'logs', 'ccproxy.log'), 'utf8');
const modelsOf = async ({ url }: TestDaemon): Promise<string> => (await fetch(`${url}/v1/models`)).text();
const coded = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return CcproxyError.isInstance(error) ? error.code : String(error);
  }
};

describe('a configuration file that changes', () => {
  it('[C14] is in force a moment after it was written, replaced, or reached by another link', async () => {
    const running = await daemons.start();
    write(running, withTarget('written'));
    await expect.poll(() => targets(running)).toEqual(['default', 'written']);
    expect(await modelsOf(running)).toContain('claude-via-written');
    writeFileSync(join(running.root, 'next.yaml'), withTarget('replaced'), { mode: 0o600 });
    renameSync(join(running.root, 'next.yaml'), file(running));
    await expect.poll(() => targets(running)).toEqual(['default', 'replaced']);
    const elsewhere = join(running.root, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'a.yaml'), withTarget('linked'), { mode: 0o600 });
    symlinkSync(join(elsewhere, 'a.yaml'), join(running.root, 'link'));
    renameSync(join(running.root, 'link'), file(running));
    await expect.poll(() => targets(running)).toEqual(['default', 'linked']);
    writeFileSync(join(elsewhere, 'a.yaml'), withTarget('behind-the-link'), { mode: 0o600 });
    await expect.poll(() => targets(running)).toEqual(['default', 'behind-the-link']);
    expect(running.daemon.status().configState).toMatchObject({ reloads: 4, restart: [], failure: null });
  });

  it('[C14][F1] row 75: keeps the last good one, says why in status, health and log, and forgets that when it is good again', async () => {
    const running = await daemons.start(daemons.root(configuration('# a\n')));
    write(running, `${withTarget('never')}  broken: [\n`);
    await expect
      .poll(() => failure(running))
      .toMatchObject({ code: 'CCP_CONFIG_SYNTAX', where: expect.stringContaining('ccproxy.yaml:4') });
    expect(targets(running)).toEqual(['default']);
    write(running, demoOnly.replace('default: { provider: demo }', 'default: { provider: nobody }'));
    await expect.poll(() => failure(running)).toMatchObject({ code: 'CCP_CONFIG_REFERENCE' });
    const token = readFileSync(join(running.root, 'run', 'token'), 'utf8').trim();
    const health = await fetch(`${running.url}/health`, { headers: { 'x-ccproxy-token': token } });
    expect(await health.json()).toMatchObject({ configuration: { reloads: 0, failure: { code: 'CCP_CONFIG_REFERENCE' } } });
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
    write(running, withTarget('good'));
    await expect.poll(() => targets(running)).toEqual(['default', 'good']);
    expect(failure(running)).toBeNull();
    await running.daemon.drain(0);
    expect(logOf(running)).toContain('the last good one stays in force');
  });

  it('[C14] that is gone or empty changes nothing', async () => {
    const running = await daemons.start();
    write(running, '');
    await expect.poll(() => failure(running)?.message).toContain('is empty');
    rmSync(file(running));
    await expect.poll(() => failure(running)?.message).toContain('is gone');
    expect(targets(running)).toEqual(['default']);
    const client = await running.client();
    expect(await coded(client.reloadConfig())).toBe('CCP_DAEMON_RELOAD');
    await client.close();
    write(running, withTarget('back'));
    await expect.poll(() => targets(running)).toEqual(['default', 'back']);
  });

  it('[C14] appears where there was none', async () => {
    const root = daemons.root();
    rmSync(join(root, 'ccproxy.yaml'));
    const running = await daemons.start(root);
    expect(running.daemon.status().configFile).toBeNull();
    write(running, withTarget('first'));
    await expect.poll(() => targets(running)).toEqual(['default', 'first']);
    expect(running.daemon.status().configFile).toBe(file(running));
  });

  it('[C14] names what takes effect with a restart, and takes the rest at once', async () => {
    const running = await daemons.start();
    const { host, port } = running.daemon.status();
    const client = await running.client();
    const next = withTarget('now').replace(
      'server: { drainTimeout: 1s }',
      'server: { drainTimeout: 2s, bodyLimit: 1mb, host: "::1" }\nlogging: { level: debug }',
    );
    writeFileSync(join(running.root, 'next.yaml'), next, { mode: 0o600 });
    const preview = await client.compareConfig(join(running.root, 'next.yaml'));
    expect(preview.changes.map(({ path, kind, restart }) => [path, kind, restart])).toEqual([
      ['server.host', 'changed', true],
      ['server.bodyLimit', 'changed', true],
      ['server.drainTimeout', 'changed', false],
      ['logging.level', 'changed', false],
      ['models.now', 'added', false],
    ]);
    expect(targets(running)).toEqual(['default']);
    write(running, next);
    await expect.poll(() => targets(running)).toEqual(['default', 'now']);
    expect(running.daemon.status()).toMatchObject({ host, port, configState: { restart: ['server.host', 'server.bodyLimit'] } });
    const { yaml } = await client.activeConfig();
    expect(yaml).toContain('bodyLimit: 32mb');
    expect(yaml).toContain('drainTimeout: 2s');
    expect((await client.reloadConfig()).changes.every(({ restart }) => restart)).toBe(true);
    expect((await client.compareConfig()).changes).toHaveLength(2);
    write(running, withTarget('now'));
    await expect.poll(() => running.daemon.status().configState?.restart).toEqual([]);
    await client.close();
  });

  it('[C14] is read anew by SIGHUP and by command, one reload at a time', async () => {
    const running = await daemons.start();
    const listeners = new Map<string, () => void>();
    handleSignals({ on: (signal, listener) => listeners.set(signal, listener), exit() {} }, Promise.resolve(running.daemon));
    write(running, withTarget('by-signal'));
    listeners.get('SIGHUP')?.();
    await expect.poll(() => targets(running)).toEqual(['default', 'by-signal']);
    const client = await running.client();
    write(running, withTarget('by-command'));
    const all = await Promise.all(Array.from({ length: 20 }, () => client.reloadConfig()));
    expect(targets(running)).toEqual(['default', 'by-command']);
    expect(all.filter(({ changes }) => changes.length > 0).length).toBeGreaterThan(0);
    expect(running.daemon.status().configState).toMatchObject({ reloads: 2, failure: null });
    await client.close();
  });

  it('[C14][F1] a key that comes or goes is in no log and no answer; one that nobody uses is forgotten', async () => {
    const withKey = (key: string, broken = ''): string =>
      `providers: { demo: { type: demo }, w: { type: anthropic, baseUrl: "http://127.0.0.1:9", apiKey: ${key} } }\nmodels: { default: { provider: demo }, w: { provider: w } }\n${broken}`;
    const running = await daemons.start(daemons.root(withKey('canary-key-number-one')));
    write(running, withKey('canary-key-number-two'));
    await expect.poll(() => running.daemon.status().configState?.reloads).toBe(1);
    write(running, withKey('canary-key-number-three', 'routs: []\n'));
    await expect.poll(() => failure(running)?.code).toBe('CCP_CONFIG_UNKNOWN_KEY');
    const { logger } = running.daemon.log;
    logger.info({ say: 'one canary-key-number-one two canary-key-number-two' }, 'probe of the redactor');
    const client = await running.client();
    const told = JSON.stringify([
      running.daemon.status(),
      await client.activeConfig(),
      await client.compareConfig(file(running)).catch(String),
    ]);
    expect(told).not.toContain('canary');
    await client.close();
    await running.daemon.drain(0);
    const probe = logOf(running)
      .split('\n')
      .find((line) => line.includes('probe of the redactor'));
    expect(probe).toContain('one canary-key-number-one two ****');
    expect(logOf(running).replace(probe ?? '', '')).not.toContain('canary');
  });
});
