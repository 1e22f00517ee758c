/**
 * A daemon of nothing but lock, state and control channel, with the ways to fail that a real one has:
 * `node fake-daemon.ts STATE_DIR [BEHAVIOUR]`. Every process that gets so far as to serve leaves a line in `starts`.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  acquireLock,
  asCcproxyError,
  CcproxyError,
  createSecret,
  currentProcessIdentity,
  ensurePrivateDir,
  resolvePaths,
  silentLogger,
  systemClock,
} from '@ccproxy/kernel';
import { bindMethod, createNodeIpcTransport, daemonStatus, daemonStop, IPC_PROTOCOL, leaseOpen, serveIpc, toWireError } from '@ccproxy/ipc';
import { removeDaemonState, writeDaemonState } from '../daemon-files.js';

const [stateDir = '', behaviour = ''] = process.argv.slice(2);
const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir });
const identity = currentProcessIdentity();
const leavingSpec = { title: 'Stopping', why: 'It was told to.', fix: 'Wait.', exitCode: 1, httpStatus: 503, retryable: true } as const;
const tell = (message: object): void => void (process.connected && process.send?.(message));

async function serve(): Promise<void> {
  await ensurePrivateDir(paths.runDir);
  const lock = await acquireLock(paths.lockFile, { clock: systemClock, waitMs: 0 });
  if (behaviour === 'slow') await new Promise((resolve) => setTimeout(resolve, 700));
  const token = createSecret();
  writeFileSync(paths.tokenFile, `${token}\n`, { mode: 0o600 });
  const state = {
    ...identity,
    port: 3456,
    startTime: Date.now(),
    refcount: 0,
    version: '1.2.3',
    protocol: IPC_PROTOCOL,
    config: null,
    host: '127.0.0.1',
    url: 'http://127.0.0.1:3456',
    gatewaySocket: paths.gatewaySocket,
    logFile: paths.logFile,
    variables: {},
    variablesSalt: '',
  };
  let leases = 0;
  let stopping = false;
  const server = await serveIpc({
    transport: createNodeIpcTransport(),
    path: paths.ipcSocket,
    token,
    version: '1.2.3',
    logger: silentLogger,
    clock: systemClock,
    bindings: [
      bindMethod(daemonStatus, async () => ({
        ...state,
        configFile: null,
        node: process.version,
        pinned: false,
        autoStop: false,
        draining: false,
        activeRequests: 0,
        leases: [],
        providers: [],
        targets: [],
        health: {},
      })),
      bindMethod(leaseOpen, async (_input, peer) => {
        if (stopping) throw new CcproxyError('CCP_DAEMON_STOPPING', leavingSpec, { message: 'The daemon is stopping.' });
        leases += 1;
        peer.onClose(() => {
          leases -= 1;
        });
        return { id: `lease-${leases}`, leases };
      }),
      bindMethod(daemonStop, async ({ drainTimeoutMs = 0 }) => {
        stopping = true;
        if (behaviour !== 'stubborn') setTimeout(() => void leave(), behaviour === 'lingering' ? 600 : 20);
        return { pid: process.pid, drainTimeoutMs };
      }),
    ],
  });
  const leave = async (): Promise<void> => {
    await server.close();
    await removeDaemonState(paths, identity);
    await lock.release();
    process.exit(0);
  };
  if (behaviour === 'stubborn') process.on('SIGTERM', () => {});
  await writeDaemonState(paths, state);
  appendFileSync(join(stateDir, 'starts'), `${process.pid}\n`);
  tell({ type: 'ready' });
}

if (behaviour === 'crash') {
  process.stderr.write('the last words of the fake daemon\n');
  process.exit(7);
}
if (behaviour === 'echo-environment') {
  writeFileSync(join(stateDir, 'seen'), JSON.stringify({ cwd: process.cwd(), env: process.env, argv: process.argv, ppid: process.ppid }));
}
await serve().catch((error: unknown) => {
  const coded = CcproxyError.isInstance(error) ? error : asCcproxyError(error);
  tell({ type: 'failed', error: toWireError(coded) });
  process.exitCode = 1;
  process.disconnect?.();
});
