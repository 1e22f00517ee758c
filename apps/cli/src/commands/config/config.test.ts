import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.js';
import { TestHome } from '../../testing/test-home.js';
import Doctor from '../doctor.js';
import Start from '../start.js';
import Status from '../status.js';
import ConfigInit from './init.js';
import ConfigPath from './path.js';
import ConfigReload from './reload.js';
import ConfigSchema from './schema.js';
import ConfigShow from './show.js';
import ConfigValidate from './validate.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

describe('ccproxy config', () => {
  it('[C6] init writes a configuration that starts at once, and never overwrites one silently', async () => {
    const written = await runCommand(ConfigInit, [], home.env);
    const file = join(home.state, 'ccproxy.yaml');
    expect([written.exitCode, written.stdout]).toEqual([0, expect.stringContaining(`Wrote ${file}`)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await runCommand(Start, [], home.env)).stdout).toContain(file);
    const again = await runCommand(ConfigInit, ['--json'], home.env);
    expect([again.exitCode, again.json()]).toMatchObject([2, { error: { code: 'CCP_CONFIG_EXISTS' } }]);
    expect((await runCommand(ConfigInit, ['--force'], home.env)).stdout).toContain(`${file}.bak`);
  });

  it('[B5] path names the file in use and every place considered', async () => {
    const file = home.write('c.yaml', 'models: { default: { provider: demo } }\nproviders: { demo: { type: demo } }\n');
    const { sources, ...rest } = (await runCommand(ConfigPath, ['--config', file, '--json'], home.env)).json() as {
      file: string;
      sources: { kind: string; status: string }[];
    };
    expect(rest.file).toBe(file);
    expect(sources.map(({ kind, status }) => [kind, status])).toEqual([
      ['flag', 'used'],
      ['environment', 'not set'],
      ['user', 'absent'],
      ['default', 'overridden'],
    ]);
    const byVariable = await runCommand(ConfigPath, [], { ...home.env, CC_PROXY_CONFIG: file });
    expect(byVariable.stdout.split('\n')[0]).toBe(file);
  });

  it('[C7] validate reports every problem with its place and exit code 2', async () => {
    const file = home.write(
      'c.yaml',
      'providers: { demo: { type: demo } }\nmodels: { default: { provider: dmo } }\nroutes:\n  - { name: a, when: { class: main }, to: nowhere }\n',
    );
    const run = await runCommand(ConfigValidate, ['--config', file], home.env);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`${file}:2:`);
    expect(run.stderr).toContain(`:4:`);
    const good = home.write('good.yaml', readFileSync(file, 'utf8').replace('dmo', 'demo').replace('nowhere', 'default'));
    expect((await runCommand(ConfigValidate, ['--config', good], home.env)).stdout).toContain('is valid');
  });

  it('[B3] show prints what is in force with secrets redacted, from the files or from the running daemon', async () => {
    const env = { ...home.env, WORK_KEY: 'sk-ant-api03-CANARYCANARYCANARY' };
    const file = home.write(
      'c.yaml',
      'providers: { w: { type: anthropic, baseUrl: "http://127.0.0.1:9", apiKey: "${WORK_KEY}" } }\nmodels: { default: { provider: w } }\n',
    );
    const shown = await runCommand(ConfigShow, ['--config', file], env);
    expect(shown.stdout).toContain('****');
    expect(shown.stdout).not.toContain('CANARY');
    await runCommand(Start, ['--config', file], env);
    const running = await runCommand(ConfigShow, ['--running', '--json'], env);
    expect(running.json()).toMatchObject({ file, yaml: expect.stringContaining('****') });
  });

  it('[C14] reload puts a changed file in force, or says what is wrong and changes nothing', async () => {
    const text = (target: string): string =>
      `providers: { demo: { type: demo } }\nmodels: { default: { provider: demo }, ${target}: { provider: demo, model: demo } }\n`;
    const none = await runCommand(ConfigReload, ['--json'], home.env);
    expect([none.exitCode, none.json()]).toMatchObject([3, { error: { code: 'CCP_DAEMON_NOT_RUNNING' } }]);
    const file = home.write('c.yaml', text('one'));
    await runCommand(Start, ['--config', file], home.env);
    const other = home.write('other.yaml', `server: { bodyLimit: 1mb }\n${text('two')}`);
    const preview = await runCommand(ConfigValidate, ['--config', other, '--against-running'], home.env);
    expect(preview.stdout.replaceAll(/ +/g, ' ')).toContain(
      ' changed server.bodyLimit with `ccproxy restart`\n removed models.one at once\n added models.two at once',
    );
    home.write('c.yaml', text('two').replace('provider: demo }', 'provider: dmo }'));
    const refused = await runCommand(ConfigReload, ['--json'], home.env);
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'CCP_CONFIG_REFERENCE' } }]);
    const state = (await runCommand(Status, [], home.env)).stdout;
    expect(state).toContain('the last good configuration serves');
    expect((await runCommand(Doctor, [], home.env)).stdout).toContain('cannot use the changed file');
    home.write('c.yaml', `server: { bodyLimit: 1mb }\n${text('two')}`);
    expect((await runCommand(ConfigReload, [], home.env)).exitCode).toBe(0);
    const after = (await runCommand(Status, [], home.env)).stdout;
    expect(after).toContain('waits');
    expect(after).toContain('two');
    expect(after).not.toContain('last good');
    const same = await runCommand(ConfigValidate, ['--against-running', '--config', file, '--json'], home.env);
    expect(same.json()).toMatchObject({ valid: true, changes: [{ path: 'server.bodyLimit', restart: true }] });
  });

  it('[C3] a token that cannot be fetched is a reason in status and a finding of doctor; a required one stops the start', async () => {
    const text = (required: boolean): string =>
      `providers: { demo: { type: demo }, w: { type: openai, baseUrl: "http://127.0.0.1:9", oauth: { command: [no-such-program-of-ccproxy], required: ${required} } } }\nmodels: { default: { provider: demo } }\n`;
    const file = home.write('c.yaml', text(true));
    const refused = await runCommand(Start, ['--config', file, '--json'], home.env);
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'CCP_PROVIDER_REQUIRED' } }]);
    home.write('c.yaml', text(false));
    expect((await runCommand(Start, ['--config', file], home.env)).exitCode).toBe(0);
    await expect
      .poll(async () => (await runCommand(Status, [], home.env)).stdout)
      .toContain('unavailable: its oauth.command cannot be run (ENOENT)');
    expect((await runCommand(Doctor, [], home.env)).stdout).toContain(
      'provider w cannot be used: its oauth.command cannot be run (ENOENT)',
    );
  });

  it('[C7] schema prints a JSON Schema that knows every section', async () => {
    const schema = (await runCommand(ConfigSchema, [], home.env)).json() as { properties: object };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['server', 'providers', 'models', 'routes', 'budgets', 'agents']),
    );
  });
});
