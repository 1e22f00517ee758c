import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.js';
import { TestHome } from '../../testing/test-home.js';
import Start from '../start.js';
import ConfigInit from './init.js';
import ConfigPath from './path.js';
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

  it('[C7] schema prints a JSON Schema that knows every section', async () => {
    const schema = (await runCommand(ConfigSchema, [], home.env)).json() as { properties: object };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['server', 'providers', 'models', 'routes', 'budgets', 'agents']),
    );
  });
});
