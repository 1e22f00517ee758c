import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Doctor from './doctor.js';
import Logs from './logs.js';
import Restart from './restart.js';
import Start from './start.js';
import Status from './status.js';
import Stop from './stop.js';

const demo = 'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\n';
let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

describe('start, status, restart, logs, stop', () => {
  it('[B1][B2][B6] a daemon through its life, for people', async () => {
    const config = home.write('c.yaml', demo);
    const down = await runCommand(Status, [], home.env);
    expect([down.exitCode, down.stdout]).toEqual([3, '']);
    expect(down.stderr).toContain('Start it with `ccproxy start`');

    const started = await runCommand(Start, ['--config', config], home.env);
    expect(started.stdout).toMatch(/^ccproxy is running on http:\/\/127\.0\.0\.1:\d+ \(pid \d+\)\.\n/);
    expect(started.stdout).toContain(config);
    const again = await runCommand(Start, ['--config', config], home.env);
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('already running')]);

    const status = await runCommand(Status, [], home.env);
    expect([status.exitCode, status.stderr]).toEqual([0, '']);
    expect(status.stdout).toMatch(/stays +until `ccproxy stop`/);
    expect(status.stdout).toMatch(/demo {2}demo {2}available/);

    const restarted = await runCommand(Restart, ['--config', config], home.env);
    expect([restarted.exitCode, restarted.stdout]).toEqual([0, expect.stringMatching(/pid \d+ handed over to pid \d+/)]);
    expect((await runCommand(Status, ['--json'], home.env)).json()).toMatchObject({ pinned: true, configFile: config });

    const stopped = await runCommand(Stop, ['--timeout-seconds', '1'], home.env);
    expect([stopped.exitCode, stopped.stdout]).toEqual([0, expect.stringMatching(/^Stopped ccproxy \(pid \d+\)/)]);
    const idle = await runCommand(Stop, ['--json'], home.env);
    expect([idle.exitCode, idle.json()]).toEqual([0, { stopped: false, reason: 'The daemon was not running.' }]);
    expect(existsSync(join(home.state, 'run/daemon.json'))).toBe(false);
  });

  it('[B1] checks the configuration before it starts anything; the error says where and what', async () => {
    const config = home.write('bad.yaml', 'providers:\n  demo: { type: demo }\nmodels:\n  default: { provider: dmeo }\n');
    const run = await runCommand(Start, ['--config', config], home.env);
    expect([run.exitCode, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(`${config}:4:`);
    expect(run.stderr).toContain('demo');
    expect(existsSync(join(home.state, 'run/daemon.json'))).toBe(false);
    const json = await runCommand(Start, ['--config', join(home.root, 'absent.yaml'), '--json'], home.env);
    expect([json.exitCode, json.json()]).toMatchObject([2, { error: { code: expect.stringMatching(/^CCP_/), hint: expect.any(String) } }]);
  });

  it('[A3] a port that is taken is reported with its owner', async () => {
    const config = home.write('c.yaml', demo);
    await runCommand(Start, ['--config', config], home.env);
    const { port, pid } = (await runCommand(Status, ['--json'], home.env)).json() as { port: number; pid: number };
    const other = new TestHome();
    try {
      const run = await runCommand(Start, ['--config', config, '--port', String(port)], other.env);
      expect(run.exitCode).toBe(1);
      expect(run.stderr).toContain(`(pid ${pid})`);
    } finally {
      await other.end();
    }
  });

  it('[B1] warns when the running daemon has another configuration or other variables', async () => {
    const config = home.write('c.yaml', demo);
    const withVariable = home.write('v.yaml', `logging: { level: "\${LEVEL:-info}" }\n${demo}`);
    await runCommand(Start, ['--config', withVariable], home.env);
    const run = await runCommand(Start, ['--config', config], { ...home.env, LEVEL: 'debug' });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`ccproxy restart --config ${config}`);
    expect(run.stderr).toContain('other values of LEVEL');
  });

  it('[B6] a restart into a broken configuration changes nothing', async () => {
    const config = home.write('c.yaml', demo);
    await runCommand(Start, ['--config', config], home.env);
    const before = (await runCommand(Status, ['--json'], home.env)).json() as { pid: number };
    const bad = home.write('bad.yaml', 'models: { default: { provider: nobody } }\n');
    expect((await runCommand(Restart, ['--config', bad], home.env)).exitCode).toBe(2);
    expect((await runCommand(Status, ['--json'], home.env)).json()).toMatchObject({ pid: before.pid });
    expect((await runCommand(Stop, [], home.env)).exitCode).toBe(0);
    const started = await runCommand(Restart, ['--config', config], home.env);
    expect(started.stdout).toContain('No daemon was running');
  });

  it('[B6] a restart keeps the file the daemon was told to use, and does not move to another address', async () => {
    const config = home.write('c.yaml', demo);
    await runCommand(Start, ['--config', config], home.env);
    expect((await runCommand(Restart, [], home.env)).exitCode).toBe(0);
    expect((await runCommand(Status, ['--json'], home.env)).json()).toMatchObject({ configFile: config });
    const exposed = await runCommand(Restart, ['--host', '0.0.0.0'], {
      ...home.env,
      CC_PROXY_AUTH_KEY: 'a-key-of-at-least-sixteen-characters',
    });
    expect([exposed.exitCode, exposed.stderr]).toEqual([1, expect.stringContaining('ccproxy stop')]);
    expect((await runCommand(Status, ['--json'], home.env)).json()).toMatchObject({ host: '127.0.0.1', configFile: config });
  });

  it('[B6] a daemon that cannot be asked any more is stopped and replaced by restart', async () => {
    await runCommand(Start, [], home.env);
    const { pid } = (await runCommand(Status, ['--json'], home.env)).json();
    home.write('.ccproxy/run/token', `${'A'.repeat(43)}\n`);
    const run = await runCommand(Restart, [], home.env);
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('cannot be asked')]);
    const now = (await runCommand(Status, ['--json'], home.env)).json();
    expect(now['pid']).not.toBe(pid);
  });

  it('[B1] a value a flag cannot take is wrong usage with the reason, and so is a weak key for an open address', async () => {
    const port = await runCommand(Start, ['--port', 'abc'], home.env);
    expect([port.exitCode, port.stderr]).toEqual([2, expect.stringMatching(/--port.*integer/i)]);
    const weak = await runCommand(Start, ['--host', '0.0.0.0'], { ...home.env, CC_PROXY_AUTH_KEY: 'short1' });
    expect([weak.exitCode, weak.stderr]).toEqual([2, expect.stringContaining('CCP_AUTH_KEY_WEAK')]);
  });

  it('[B3] logs shows which sources were considered, the paths and the redacted configuration, and the end of the log', async () => {
    const key = 'sk-ant-api03-CANARYCANARYCANARY';
    const config = home.write(
      'c.yaml',
      demo.replace(
        'demo: { type: demo }',
        'demo: { type: demo }, w: { type: anthropic, baseUrl: "http://127.0.0.1:9", apiKey: "${WORK_KEY}" }',
      ),
    );
    const env = { ...home.env, WORK_KEY: key };
    await runCommand(Start, ['--config', config], env);
    const shown = await runCommand(Logs, ['--config', config], env);
    expect(shown.stdout).toMatch(/used +--config/);
    expect(shown.stdout).toContain(join(home.state, 'logs/ccproxy.log'));
    expect(shown.stdout).toContain('****');
    expect(shown.stdout).not.toContain(key);
    // A daemon answers before its log is on disk.
    const tail = async () => (await runCommand(Logs, ['--tail', '--lines', '5', '--json'], env)).json() as { lines: string[] };
    await expect.poll(async () => (await tail()).lines.join('\n')).toContain('daemon ready');
    expect(readFileSync(join(home.state, 'logs/ccproxy.log'), 'utf8')).not.toContain(key);
  });

  it('[B6] doctor finds an open state directory and says the command that mends it', async () => {
    await runCommand(Start, [], home.env);
    const healthy = await runCommand(Doctor, ['--json'], home.env);
    const findings = (healthy.json() as { findings: { check: string; status: string }[] }).findings;
    expect(findings.filter(({ status }) => status === 'problem')).toEqual([]);
    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set(['node', 'installation', 'state directory', 'configuration', 'daemon', 'client', 'projects', 'shells', 'plugins']),
    );
    chmodSync(join(home.state, 'run/token'), 0o644);
    const run = await runCommand(Doctor, [], home.env);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain(`${join(home.state, 'run/token')} is open to other users`);
    expect(run.stdout).toContain('-> ccproxy doctor --fix');
  });
});
