import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { currentProcessIdentity, readProcessIdentity } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { createInstallation, demoConfig, type Installation, withoutPrivileges } from './installation.ts';

describe('what a state directory may hold', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation(demoConfig);
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  /** Files of a daemon that is no more, about this process. */
  const leave = (daemon: unknown, pid: number): void => {
    const { daemonFile, pidFile, lockFile } = installation.paths;
    writeFileSync(daemonFile, typeof daemon === 'string' ? daemon : JSON.stringify(daemon), { mode: 0o600 });
    writeFileSync(pidFile, `${pid}\n`, { mode: 0o600 });
    writeFileSync(lockFile, JSON.stringify({ pid, startTicks: 1, bootId: 'another boot', nonce: 'x' }), { mode: 0o600 });
  };
  const startAndStop = async (): Promise<void> => {
    const { started, url } = await installation.start();
    expect(started).toBe(true);
    expect((await ask(url)).completed).toBe(true);
    expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
    expect(existsSync(installation.paths.daemonFile)).toBe(false);
  };

  it('[A2][B2][F1] row 15: a recorded pid that is another program by now is never signalled', async () => {
    // It says when it is signalled, and would end of it.
    const stranger = spawn(
      process.execPath,
      ['-e', 'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up")'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, ...installation.processes.mark },
      },
    );
    await once(stranger.stdout, 'data');
    const pid = stranger.pid ?? 0;
    const { startTicks, bootId } = readProcessIdentity(pid) ?? currentProcessIdentity();
    const state = { pid, port: 3456, startTime: 1, refcount: 0, version: '0.0.0', protocol: 1, config: null };
    for (const recorded of [
      { ...state, startTicks: startTicks - 1, bootId },
      { ...state, startTicks, bootId: 'another boot' },
    ]) {
      leave(recorded, pid);
      expect(await installation.ccproxy(['status'])).toMatchObject({ code: 3 });
      expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
      leave(recorded, pid);
      await startAndStop();
    }
    expect(stranger.exitCode).toBe(null);
    stranger.kill('SIGKILL');
  });

  it.each([
    ['garbage', '\u0000garbage'],
    ['cut off', '{"pid": 12'],
    ['of wrong types', { pid: 'x', port: {}, startTime: [] }],
  ])('[A2][F1] a daemon.json that is %s is as good as none', async (_name, content) => {
    leave(content, 999_999_999);
    expect(await installation.ccproxy(['status', '--json'])).toMatchObject({ code: 3 });
    await startAndStop();
  });

  it('[A2] a pid file of nonsense changes nothing', async () => {
    for (const text of ['', 'x', '-1', '0', '1', String(process.pid)]) {
      writeFileSync(installation.paths.pidFile, text);
      expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
    }
    await startAndStop();
  });

  it('[A2][B2][F1] row 15: a live pid recorded without its start is not signalled either, and the user is told which it is', async () => {
    leave({ pid: process.pid, port: 1 }, process.pid);
    const { code, stdout } = await installation.ccproxy(['stop', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'CCP_DAEMON_STOP_FAILED', details: { pid: process.pid } } }]);
    expect(stdout).toContain('was not signalled');
  });

  it('[B1][F1] a token that cannot be read is CCP_PERMISSION_DENIED for every command', async () => {
    writeFileSync(installation.paths.tokenFile, 'x\n');
    chmodSync(installation.paths.tokenFile, 0o000);
    for (const command of ['start', 'status']) {
      const { code, stderr } = await installation.ccproxy([command], { under: withoutPrivileges });
      expect([command, code]).toEqual([command, 1]);
      expect(stderr).toContain('CCP_PERMISSION_DENIED');
      expect(stderr).toContain(installation.paths.tokenFile);
    }
  });

  it('[A2] a damaged token is replaced', async () => {
    writeFileSync(installation.paths.tokenFile, 'too short\n');
    await startAndStop();
    expect(readFileSync(installation.paths.tokenFile, 'utf8')).toMatch(/^[\w-]{43}\n$/);
  });

  it('[A2][F1] row 13: a stale socket is replaced, a file or a live socket of another program is not', async () => {
    const { ipcSocket } = installation.paths;
    const dead = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(ipcSocket)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    await once(dead, 'exit');
    expect(existsSync(ipcSocket)).toBe(true);
    await startAndStop();

    writeFileSync(ipcSocket, 'precious');
    const refused = await installation.ccproxy(['start', '--json']);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toMatch(/"code": "CCP_/);
    expect(refused.stdout).toContain(ipcSocket);
    expect(readFileSync(ipcSocket, 'utf8')).toBe('precious');
    await installation.ccproxy(['stop']);

    const squatter = createServer((socket) => socket.end()).listen(`${ipcSocket}.other`);
    await once(squatter, 'listening');
    symlinkSync(`${ipcSocket}.other`, ipcSocket);
    const linked = await installation.ccproxy(['start', '--json'], { timeoutMs: 50_000 });
    expect([linked.code, linked.stdout]).toEqual([1, expect.stringMatching(/"code": "CCP_/)]);
    squatter.close();
    await expect.poll(() => installation.processes.living()).toEqual([]);
  });

  it('[A9][F1] a state directory whose socket paths would be too long gets short ones, and works', async () => {
    const deep = join(installation.home.home, 'd'.repeat(60), 'e'.repeat(60));
    const args = ['--state-dir', deep, '--config', installation.home.configFile, '--json'];
    const env = installation.home.env({ TMPDIR: installation.home.work });
    const started = await installation.ccproxy(['start', ...args], { env });
    expect([started.code, started.stderr]).toEqual([0, '']);
    const status = await installation.ccproxy(['status', '--state-dir', deep, '--json'], { env });
    const { pid, gatewaySocket } = JSON.parse(status.stdout) as { pid: number; gatewaySocket: string };
    expect(Buffer.byteLength(gatewaySocket)).toBeLessThan(100);
    expect(existsSync(gatewaySocket)).toBe(true);
    expect(JSON.parse(readFileSync(join(deep, 'run', 'daemon.json'), 'utf8'))).toMatchObject({ pid, gatewaySocket });
    expect(await installation.ccproxy(['stop', '--state-dir', deep], { env })).toMatchObject({ code: 0 });
    expect(existsSync(gatewaySocket)).toBe(false);
  });

  it('[B1] a relative --state-dir is relative to the caller, for every command', async () => {
    const place = join(installation.home.work, 'here', 'state');
    mkdirSync(dirname(place));
    const options = { cwd: dirname(place) };
    const started = await installation.ccproxy(
      ['start', '--state-dir', 'state', '--config', installation.home.configFile, '--json'],
      options,
    );
    expect(started.code).toBe(0);
    expect(existsSync(join(place, 'run', 'daemon.json'))).toBe(true);
    expect(await installation.ccproxy(['status', '--state-dir', './state'], options)).toMatchObject({ code: 0 });
    expect(await installation.ccproxy(['status'], { env: installation.home.env({ CC_PROXY_STATE_DIR: place }) })).toMatchObject({
      code: 0,
    });
    expect(await installation.ccproxy(['stop', '--state-dir', '../here/state'], options)).toMatchObject({ code: 0 });
  });

  it('[B1] without HOME a state directory is enough', async () => {
    const { HOME: _home, USERPROFILE: _profile, ...env } = installation.home.env();
    const args = ['--state-dir', installation.home.stateDir, '--json'];
    expect(await installation.ccproxy(['start', ...args], { env })).toMatchObject({ code: 0 });
    expect(await installation.ccproxy(['status', ...args], { env })).toMatchObject({ code: 0 });
    expect(await installation.ccproxy(['stop', ...args], { env })).toMatchObject({ code: 0 });
  });
});
