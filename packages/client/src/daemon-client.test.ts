import { kernelErrors, silentLogger, systemClock } from '@ccproxy/kernel';
import {
  bindMethod,
  bindStream,
  configActive,
  connectIpc,
  createNetTransport,
  daemonRestart,
  daemonStop,
  decisionsRecent,
  leaseOpen,
  ledgerRecent,
  logsFollow,
  projectsReload,
  serveIpc,
  sessionOpen,
} from '@ccproxy/ipc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDaemonClient } from './daemon-client.js';
import { explainConnectFailure } from './explain-connect-failure.js';
import { errors } from './errors.js';
import { createStateDir, type StateDir } from './testing/state-dir.js';
import { versionSkew } from './version-skew.js';

let place: StateDir;
beforeEach(() => {
  place = createStateDir();
});
afterEach(() => place.cleanUp());

describe('createDaemonClient', () => {
  it('calls each method of the daemon by its own name', async () => {
    const capabilities = { toolSearch: true, hintHeaders: false, modelDiscovery: true };
    const server = await serveIpc({
      transport: createNetTransport(),
      path: place.paths.ipcSocket,
      token: 't',
      version: '1',
      logger: silentLogger,
      clock: systemClock,
      bindings: [
        bindMethod(daemonStop, async ({ drainTimeoutMs }) => ({ pid: 1, drainTimeoutMs: drainTimeoutMs ?? 30_000 })),
        bindMethod(daemonRestart, async ({ argv = [] }) => ({ oldPid: 1, newPid: argv.length })),
        bindMethod(leaseOpen, async ({ client, pid }) => ({ id: `${client}-${pid}`, leases: 1 })),
        bindMethod(sessionOpen, async ({ client }) => ({
          id: client,
          token: 'small',
          url: 'http://127.0.0.1:1',
          gatewaySocket: '',
          project: null,
          capabilities,
        })),
        bindStream(logsFollow, async (_input, _peer, send) => {
          send({ line: 'one' });
          send({ line: 'two', dropped: 3 });
        }),
        bindMethod(ledgerRecent, async ({ limit }) => ({ rows: [{ limit }] })),
        bindMethod(decisionsRecent, async ({ limit }) => ({ decisions: [{ limit }] })),
        bindMethod(projectsReload, async () => ({ projects: 3 })),
        bindMethod(configActive, async () => ({ file: null, yaml: 'server: {}' })),
      ],
    });
    const daemon = createDaemonClient(await connectIpc({ path: place.paths.ipcSocket, token: 't', client: 'test', pid: 5, version: '1' }));
    await expect(daemon.stop()).resolves.toEqual({ pid: 1, drainTimeoutMs: 30_000 });
    await expect(daemon.stop({ drainTimeoutMs: 5 })).resolves.toEqual({ pid: 1, drainTimeoutMs: 5 });
    await expect(daemon.restart()).resolves.toEqual({ oldPid: 1, newPid: 0 });
    await expect(daemon.restart({ argv: ['a'] })).resolves.toEqual({ oldPid: 1, newPid: 1 });
    await expect(daemon.openLease({ client: 'claude', pid: 9 })).resolves.toEqual({ id: 'claude-9', leases: 1 });
    await expect(daemon.openSession({ client: 'claude', pid: 9 })).resolves.toMatchObject({ token: 'small', capabilities });
    await expect(daemon.reloadProjects()).resolves.toEqual({ projects: 3 });
    const lines: [string, number][] = [];
    await daemon.followLogs({}, (line, dropped) => lines.push([line, dropped])).ended;
    expect(lines).toEqual([
      ['one', 0],
      ['two', 3],
    ]);
    await expect(daemon.recentLedger(2)).resolves.toEqual([{ limit: 2 }]);
    await expect(daemon.recentDecisions(3)).resolves.toEqual([{ limit: 3 }]);
    await expect(daemon.activeConfig()).resolves.toEqual({ file: null, yaml: 'server: {}' });
    await expect(daemon.recentLedger(0)).rejects.toMatchObject({ code: 'CCP_IPC_INPUT' });
    await expect(daemon.status()).rejects.toMatchObject({ code: 'CCP_IPC_METHOD_UNKNOWN' });
    await daemon.close();
    await server.close();
  });
});

describe('versionSkew', () => {
  it('is a sentence that names both versions and what to do', () => {
    expect(versionSkew({ version: '1.0.0' }, '1.0.0')).toBeUndefined();
    expect(versionSkew({ version: '1.0.0' }, '1.1.0')?.sentence).toMatch(/1\.0\.0.*1\.1\.0.*ccproxy restart/);
  });
});

describe('explainConnectFailure', () => {
  it('says what happened and what to do', () => {
    const explain = (error: unknown) => explainConnectFailure(error, place.paths);
    expect(explain(errors.CCP_DAEMON_NOT_RUNNING({ message: 'x' }))).toContain('ccproxy start');
    expect(explain(errors.CCP_DAEMON_UNRESPONSIVE({ message: 'Process 7 hangs.' }))).toBe(
      'Process 7 hangs. Look at `ccproxy logs`; `ccproxy stop` ends it, by force if need be.',
    );
    expect(explain(kernelErrors.CCP_PERMISSION_DENIED({ message: 'cannot read the token' }))).toContain('--state-dir');
    expect(explain(new Error('boom'))).toContain('boom');
  });

  it('names token and socket, never the token itself', async () => {
    const server = await serveIpc({
      transport: createNetTransport(),
      path: place.paths.ipcSocket,
      token: 'right',
      version: '1',
      logger: silentLogger,
      clock: systemClock,
      bindings: [],
    });
    const refused = await connectIpc({ path: place.paths.ipcSocket, token: 'hush-hush', client: 'test', pid: 1, version: '1' }).catch(
      (error: unknown) => error,
    );
    const sentence = explainConnectFailure(refused, place.paths);
    expect(sentence).toContain(place.paths.tokenFile);
    expect(sentence).not.toContain('hush');
    await server.close();
  });
});
