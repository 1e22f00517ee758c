import { createServer } from 'node:net';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completionTree, installShell, packageVersion } from '@ccproxy/shell-integration';
import { Config } from '@oclif/core/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Allow from '../commands/allow.js';
import Doctor from '../commands/doctor.js';
import Start from '../commands/start.js';
import { type CommandRun, runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import type { Finding } from './finding.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

const findings = (run: CommandRun): Finding[] => (run.json() as unknown as { findings: Finding[] }).findings;
const doctor = async (argv: string[] = [], env: Record<string, string> = {}) =>
  runCommand(Doctor, ['--json', ...argv], { ...home.env, ...env });
const about = (run: CommandRun, check: string): Finding[] => findings(run).filter((finding) => finding.check === check);

describe('ccproxy doctor', () => {
  it('[B6][C7] a configuration that is not valid is a problem with its place', async () => {
    const file = home.write('c.yaml', 'providers:\n  demo: { type: demo }\nmodels: { default: { provider: dmo } }\n');
    const run = await doctor(['--config', file]);
    expect(run.exitCode).toBe(1);
    expect(about(run, 'configuration')).toEqual([
      expect.objectContaining({ status: 'problem', message: expect.stringContaining(`${file}:3:`) }),
    ]);
  });

  it('[B6] a provider without its key is a warning that names the variable', async () => {
    const file = home.write(
      'c.yaml',
      'providers: { w: { type: anthropic, baseUrl: "http://127.0.0.1:9", apiKey: "${ABSENT_KEY}" } }\nmodels: { default: { provider: w } }\n',
    );
    const run = await doctor(['--config', file]);
    expect(about(run, 'configuration').find(({ status }) => status === 'warning')?.message).toContain('ABSENT_KEY');
  });

  it('[B6][C1][C26] names the routing modules, observers and provider adapters of the user', async () => {
    const module = home.write('m.mjs', 'export default () => true;\n');
    const file = home.write(
      'c.yaml',
      'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\nplugins: { routing: { mine: { module: ./m.mjs } }, observers: { watch: { module: ./m.mjs } }, providers: { own: { module: "@me/own" } } }\n',
    );
    const run = await doctor(['--config', file]);
    expect(about(run, 'configuration').map(({ status, message }) => [status, message])).toEqual([
      ['ok', `${file} is valid`],
      ['ok', `the routing module mine is ${module}`],
      ['ok', `the observer watch is ${module}`],
      ['ok', 'the provider adapter own is @me/own'],
    ]);
  });

  it('[B6][A3] names who has the port while the daemon does not run', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const run = await doctor([], { CC_PROXY_PORT: String(port) });
    server.close();
    expect(about(run, 'port')).toEqual([
      expect.objectContaining({ status: 'warning', message: expect.stringContaining(`pid ${process.pid}`) }),
    ]);
    expect(about(await doctor([], { CC_PROXY_PORT: String(port) }), 'port')).toMatchObject([{ status: 'ok' }]);
  });

  it('[B6][D1] renews a hook of another version, and names a PROMPT_COMMAND that throws it out', async () => {
    const rc = home.write('.bashrc', 'export EDITOR=vi\n');
    const config = await Config.load(fileURLToPath(new URL('../../package.json', import.meta.url)));
    const version = packageVersion;
    const { root: stateDir, shellDir } = home.paths;
    await installShell('bash', { rcFile: rc, stateDir, shellDir, version, tree: completionTree(config), withClaude: false });
    expect(about(await doctor(), 'shell bash')).toMatchObject([{ status: 'ok' }]);
    const hook = join(home.state, 'shell', 'hook.bash');
    writeFileSync(hook, '# of another version\n');
    appendFileSync(rc, 'PROMPT_COMMAND=other\n');
    const found = about(await doctor(), 'shell bash');
    expect(found.map(({ status, fix }) => [status, fix])).toEqual([
      ['warning', 'ccproxy doctor --fix'],
      ['warning', 'Move that line before the lines of ccproxy.'],
    ]);
    const mended = about(await doctor(['--fix']), 'shell bash');
    expect(mended.map(({ status }) => status)).toEqual(['ok', 'warning']);
    expect(readFileSync(hook, 'utf8')).toContain('__ccproxy_');
    expect(about(await doctor(), 'shell bash')).toHaveLength(1);
  });

  it('[B6] finds files that others may read, and closes them', async () => {
    await runCommand(Start, [], home.env);
    const epoch = join(home.state, 'shell', 'epoch');
    chmodSync(epoch, 0o644);
    expect(about(await doctor(), 'state directory')).toEqual([
      expect.objectContaining({ status: 'problem', message: expect.stringContaining(epoch), fix: 'ccproxy doctor --fix' }),
    ]);
    expect((await doctor(['--fix'])).exitCode).toBe(0);
    expect(statSync(epoch).mode & 0o777).toBe(0o600);
    expect(about(await doctor(), 'state directory')).toMatchObject([{ status: 'ok' }]);
  });

  it('[B6] names a second installation in PATH', async () => {
    for (const folder of ['one', 'two', 'three']) mkdirSync(join(home.root, folder));
    for (const folder of ['one', 'two']) home.write(`${folder}/ccproxy`, '#!/bin/sh\n', 0o755);
    symlinkSync(join(home.root, 'one', 'ccproxy'), join(home.root, 'three', 'ccproxy'));
    const PATH = ['one', 'three', 'two'].map((folder) => join(home.root, folder)).join(':');
    expect(about(await doctor([], { PATH }), 'installation')).toEqual([
      expect.objectContaining({ status: 'warning', message: expect.stringContaining('2 times') }),
    ]);
  });

  it('[B6][D4] names allowed projects that changed or are gone, with the command that mends each', async () => {
    for (const name of ['kept', 'edited', 'gone']) {
      mkdirSync(join(home.root, name), { mode: 0o700 });
      home.write(`${name}/.ccproxy.yaml`, '');
      await runCommand(Allow, [join(home.root, name)], home.env);
    }
    home.write('edited/.ccproxy.yaml', '# other\n');
    rmSync(join(home.root, 'gone'), { recursive: true });
    const found = about(await doctor(), 'projects');
    expect(found.map(({ fix }) => fix)).toEqual([`ccproxy allow ${join(home.root, 'edited')}`, `ccproxy deny ${join(home.root, 'gone')}`]);
  });

  it('[B6][A6] finds settings that beat ours, and tells the version of the client', async () => {
    mkdirSync(join(home.root, 'bin'));
    mkdirSync(join(home.root, '.claude'));
    home.write('bin/claude', `#!${process.execPath}\nconsole.log('9.9.9 (Claude Code)');\n`, 0o755);
    home.write('.claude/settings.json', '{"env":{"ANTHROPIC_BASE_URL":"http://elsewhere.example","CLAUDE_CODE_USE_BEDROCK":"1"}}');
    await runCommand(Start, [], home.env);
    const run = await doctor();
    expect(about(run, 'client')).toMatchObject([{ status: 'ok', message: expect.stringContaining('9.9.9') }]);
    expect(about(run, 'client settings').map(({ status }) => status)).toEqual(expect.arrayContaining(['warning', 'problem']));
    expect(run.exitCode).toBe(1);
    home.write('bin/claude', `#!${process.execPath}\nprocess.exit(1);\n`, 0o755);
    expect(about(await doctor(), 'client')).toMatchObject([{ status: 'problem' }]);
  });

  it('[B6] a daemon that hides behind another token is a problem, and people get the fix', async () => {
    await runCommand(Start, [], home.env);
    home.write('.ccproxy/run/token', `${'A'.repeat(43)}\n`);
    const run = await runCommand(Doctor, [], home.env);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('PROBLEM  daemon');
    expect(run.stdout).toContain('  -> ');
  });
});
