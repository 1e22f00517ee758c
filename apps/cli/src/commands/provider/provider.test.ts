import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.js';
import { TestHome } from '../../testing/test-home.js';
import Start from '../start.js';
import ProviderList from './list.js';
import ProviderProbe from './probe.js';

let home: TestHome;
let server: Server;
let config: string;

beforeEach(async () => {
  home = new TestHome();
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      '{"model":"m","message":{"role":"assistant","content":"pong"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1}',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config = home.write(
    'c.yaml',
    [
      'providers:',
      '  demo: { type: demo }',
      `  local: { type: ollama, baseUrl: "${url}" }`,
      '  cloud: { type: openai, baseUrl: https://api.example.com/v1, apiKey: "${CLOUD_KEY}" }',
      'models:',
      '  default: { provider: demo }',
      '  small: { provider: local, model: "qwen3:8b" }',
      '',
    ].join('\n'),
  );
});

afterEach(async () => {
  await home.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('ccproxy provider', () => {
  it('[C12] list shows every provider with its credential and targets, with a daemon and without', async () => {
    const before = await runCommand(ProviderList, ['--config', config, '--json'], home.env);
    expect(before.json()['providers']).toMatchObject([
      { name: 'demo', type: 'demo', credential: 'none', targets: ['default'], available: null },
      { name: 'local', type: 'ollama', credential: 'none', targets: ['small'], available: null },
      { name: 'cloud', credential: 'own key', targets: [], available: false, reason: expect.stringContaining('CLOUD_KEY') },
    ]);
    expect((await runCommand(Start, ['--config', config], home.env)).exitCode).toBe(0);
    const after = await runCommand(ProviderList, ['--config', config], home.env);
    expect(after.stdout).toMatch(/^local +ollama +http:\/\/127\.0\.0\.1:\d+ +none +small +available$/m);
    expect(after.stdout).toMatch(/^cloud +openai .*CLOUD_KEY/m);
  });

  it('[C12] probe measures the models of the targets and prints lines for the configuration', async () => {
    expect((await runCommand(Start, ['--config', config], home.env)).exitCode).toBe(0);
    const run = await runCommand(ProviderProbe, ['local', '--config', config], home.env);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^local\/qwen3:8b \(\d+ requests\)$/m);
    expect(run.stdout).toMatch(/^ +tools +no$/m);
    expect(run.stdout).toContain('"local/qwen3:8b": { tools: false');
    const json = (await runCommand(ProviderProbe, ['local', 'other', '--config', config, '--json'], home.env)).json();
    expect(json).toMatchObject({ probes: [{ provider: 'local', model: 'other', failure: null, measured: { tools: false } }] });
  });

  it('probe says what is wrong: no daemon, no such provider, no model', async () => {
    expect((await runCommand(ProviderProbe, ['local', 'm', '--config', config, '--json'], home.env)).json()).toMatchObject({
      error: { code: 'CCP_DAEMON_NOT_RUNNING' },
    });
    expect((await runCommand(Start, ['--config', config], home.env)).exitCode).toBe(0);
    const error = async (...argv: string[]) => (await runCommand(ProviderProbe, [...argv, '--config', config, '--json'], home.env)).json();
    expect(await error('nowhere', 'm')).toMatchObject({ error: { code: 'CCP_PROVIDER_UNKNOWN' } });
    expect(await error('cloud', 'm')).toMatchObject({ error: { code: 'CCP_PROVIDER_UNAVAILABLE' } });
    expect(await error('cloud')).toMatchObject({ error: { code: 'CCP_USAGE' } });
  });
});
