import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDaemon, createDaemonClient } from '@ccproxy/client';
import { resolvePaths } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from './main.js';

const events = ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException', 'unhandledRejection', 'message', 'disconnect'] as const;
let root: string;
let written: string;
let undo: () => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ccp-'));
  written = '';
  const before = {
    send: process.send?.bind(process),
    exitCode: process.exitCode,
    env: { ...process.env },
    out: process.stdout.write.bind(process.stdout),
    err: process.stderr.write.bind(process.stderr),
  };
  const listeners = events.map((event) => [event, process.listeners(event as 'SIGTERM')] as const);
  const take = ((text: string) => {
    written += text;
    return true;
  }) as typeof process.stdout.write;
  Object.assign(process.env, { CC_PROXY_PORT: '0' });
  // This process belongs to the test runner, whose channel is not the daemon's.
  process.send = undefined as never;
  process.stdout.write = take;
  process.stderr.write = take;
  undo = () => {
    process.stdout.write = before.out;
    process.stderr.write = before.err;
    process.send = before.send as never;
    process.env = before.env;
    process.exitCode = before.exitCode;
    for (const [event, kept] of listeners) {
      for (const listener of process.listeners(event as 'SIGTERM')) if (!kept.includes(listener)) process.removeListener(event, listener);
    }
    rmSync(root, { recursive: true, force: true });
  };
});
afterEach(() => undo());

describe('ccproxyd', () => {
  it('[B1] in the foreground says where it listens, serves until it is stopped, and ends with 0', async () => {
    const ended = main(['--foreground', '--state-dir', root]);
    await expect
      .poll(() => written, { timeout: 20_000 })
      .toMatch(/ccproxyd listens on http:\/\/127\.0\.0\.1:\d+ \(configuration: built-in default\)/);
    const paths = resolvePaths({ env: {}, home: root, platform: process.platform, stateDir: root });
    const client = createDaemonClient(await connectDaemon({ paths, client: 'test', version: '0' }));
    await client.stop({ drainTimeoutMs: 0 });
    await ended;
    expect(process.exitCode).toBe(0);
  });

  it('[B1] wrong arguments and configurations end with 2 and one readable sentence', async () => {
    await main(['--prot', '1']);
    expect(process.exitCode).toBe(2);
    expect(written).toContain('CCP_DAEMON_USAGE');
    written = '';
    await main(['--state-dir', root, '--config', join(root, 'absent.yaml')]);
    expect(process.exitCode).toBe(2);
    expect(written).toMatch(/absent\.yaml[^]*CCP_CONFIG/);
  });
});
