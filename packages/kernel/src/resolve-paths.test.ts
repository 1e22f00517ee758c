import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLevelFromEnv, resolvePaths, type ResolvePathsOptions } from './resolve-paths.js';

const base: ResolvePathsOptions = { env: {}, home: '/home/ann', platform: 'linux', uid: 1000, cwd: '/srv/project' };
const sockets = (options: Partial<ResolvePathsOptions>) => resolvePaths({ ...base, ...options }).ipcSocket;

describe('resolvePaths', () => {
  it('[A2] puts everything under ~/.ccproxy by its contract name', () => {
    expect(resolvePaths(base)).toEqual({
      root: '/home/ann/.ccproxy',
      configFile: '/home/ann/.ccproxy/ccproxy.yaml',
      runDir: '/home/ann/.ccproxy/run',
      pidFile: '/home/ann/.ccproxy/run/ccproxy.pid',
      daemonFile: '/home/ann/.ccproxy/run/daemon.json',
      ipcSocket: '/home/ann/.ccproxy/run/ipc.sock',
      gatewaySocket: '/home/ann/.ccproxy/run/gateway.sock',
      tokenFile: '/home/ann/.ccproxy/run/token',
      portFile: '/home/ann/.ccproxy/run/port',
      lockFile: '/home/ann/.ccproxy/run/lock',
      pipeFile: '/home/ann/.ccproxy/run/pipe',
      sessionsDir: '/home/ann/.ccproxy/run/sessions',
      logsDir: '/home/ann/.ccproxy/logs',
      logFile: '/home/ann/.ccproxy/logs/ccproxy.log',
      dataDir: '/home/ann/.ccproxy/data',
      databaseFile: '/home/ann/.ccproxy/data/ccproxy.db',
      cacheDir: '/home/ann/.ccproxy/cache',
      envDir: '/home/ann/.ccproxy/env',
      shellDir: '/home/ann/.ccproxy/shell',
      runsDir: '/home/ann/.ccproxy/runs',
    });
  });

  it('[B1] lets a flag beat the environment and the environment the default', () => {
    const env = { CC_PROXY_STATE_DIR: '/env/state', CC_PROXY_LOG_DIR: 'logs-of-env' };
    expect(resolvePaths({ ...base, env })).toMatchObject({ root: '/env/state', logFile: '/srv/project/logs-of-env/ccproxy.log' });
    expect(resolvePaths({ ...base, env, stateDir: 'state', logDir: '~/logs' })).toMatchObject({
      root: '/srv/project/state',
      logsDir: '/home/ann/logs',
      logFile: '/home/ann/logs/ccproxy.log',
    });
    expect(resolvePaths({ ...base, env: { CC_PROXY_STATE_DIR: '', CC_PROXY_LOG_DIR: '' }, stateDir: '~' }).root).toBe('/home/ann');
  });

  it('[A7] reads CC_PROXY_LOG as a level, or as the log file when it holds a path separator', () => {
    const withLog = (CC_PROXY_LOG: string) => [resolvePaths({ ...base, env: { CC_PROXY_LOG } }).logFile, logLevelFromEnv({ CC_PROXY_LOG })];
    expect(withLog('DEBUG')).toEqual(['/home/ann/.ccproxy/logs/ccproxy.log', 'debug']);
    expect(withLog('./my.log')).toEqual(['/srv/project/my.log', undefined]);
    expect(withLog('/var/log/x.log')).toEqual(['/var/log/x.log', undefined]);
    expect(withLog('')).toEqual(['/home/ann/.ccproxy/logs/ccproxy.log', undefined]);
  });

  it('[F2] keeps every socket path below 100 bytes, hashed and stable when the state directory is deep', () => {
    const home = `/home/${'deep/'.repeat(30)}ann`;
    const first = sockets({ home, env: { XDG_RUNTIME_DIR: '/run/user/1000' } });
    expect(first).toMatch(/^\/run\/user\/1000\/ccproxy\/[0-9a-f]{16}-ipc\.sock$/);
    expect(sockets({ home, env: { XDG_RUNTIME_DIR: '/run/user/1000' } })).toBe(first);
    expect(sockets({ home: `${home}2`, env: { XDG_RUNTIME_DIR: '/run/user/1000' } })).not.toBe(first);
    expect(sockets({ home })).toMatch(/^\/tmp\/ccproxy-1000\/[0-9a-f]{16}-ipc\.sock$/);
    expect(sockets({ home, env: { TMPDIR: '/var/folders/zz/T' } })).toMatch(/^\/var\/folders\/zz\/T\/ccproxy-1000\//);
    expect(sockets({ home, env: { TMPDIR: `/${'x'.repeat(90)}`, XDG_RUNTIME_DIR: 'relative' } })).toMatch(/^\/tmp\/ccproxy-1000\//);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 200 }), (place, runtime) => {
        const { ipcSocket, gatewaySocket } = resolvePaths({ ...base, home: `/${place}`, env: { XDG_RUNTIME_DIR: runtime } });
        expect(Buffer.byteLength(ipcSocket)).toBeLessThan(100);
        expect(Buffer.byteLength(gatewaySocket)).toBeLessThan(100);
        expect(ipcSocket).not.toBe(gatewaySocket);
      }),
    );
  });

  it('[A9] uses Windows paths and a named pipe on Windows', () => {
    const paths = resolvePaths({ ...base, platform: 'win32', home: 'C:\\Users\\Ann', cwd: 'D:\\project' });
    expect(paths.tokenFile).toBe('C:\\Users\\Ann\\.ccproxy\\run\\token');
    expect(paths.ipcSocket).toMatch(/^\\\\\.\\pipe\\ccproxy-[0-9a-f]{16}-ipc$/);
    expect(paths.gatewaySocket).not.toBe(paths.ipcSocket);
    expect(resolvePaths({ ...base, platform: 'win32', home: 'C:\\Users\\Ann', pipeId: 'r4nd0m' }).ipcSocket).toBe(
      '\\\\.\\pipe\\ccproxy-r4nd0m-ipc',
    );
    expect(
      resolvePaths({ ...base, platform: 'win32', home: 'C:\\U', cwd: 'D:\\project', env: { CC_PROXY_LOG: 'logs\\a.log' } }).logFile,
    ).toBe('D:\\project\\logs\\a.log');
  });

  it('says that there is no home', () => {
    expect(() => resolvePaths({ ...base, home: undefined })).toThrow(expect.objectContaining({ code: 'CCP_HOME_UNKNOWN' }));
    expect(() => resolvePaths({ ...base, home: '', stateDir: '~/x' })).toThrow(expect.objectContaining({ code: 'CCP_HOME_UNKNOWN' }));
    expect(resolvePaths({ ...base, home: undefined, stateDir: '/s' }).root).toBe('/s');
  });
});
