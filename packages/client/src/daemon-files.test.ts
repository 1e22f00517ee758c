import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { currentProcessIdentity } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDaemonState, removeDaemonState, writeDaemonState } from './daemon-files.js';
import { type DaemonState, parseDaemonState } from './daemon-state.js';
import { createStateDir, type StateDir } from './testing/state-dir.js';

const own = currentProcessIdentity();
const state: DaemonState = {
  ...own,
  port: 3456,
  startTime: 1_790_000_000_000,
  refcount: 2,
  version: '1.0.0',
  protocol: 1,
  config: '/home/user/.ccproxy/ccproxy.yaml',
  host: '127.0.0.1',
  url: 'http://127.0.0.1:3456',
  gatewaySocket: '/home/user/.ccproxy/run/gateway.sock',
  logFile: '/home/user/.ccproxy/logs/ccproxy.log',
  variables: { OPENROUTER_API_KEY: 'f00d' },
  variablesSalt: 'salt',
};

let place: StateDir;
beforeEach(() => {
  place = createStateDir();
});
afterEach(() => place.cleanUp());

describe('daemon.json', () => {
  it('[A2] comes back as it was written, readable by its owner alone, beside a plain pid file', async () => {
    await writeDaemonState(place.paths, state);
    const recorded = await readDaemonState(place.paths);
    expect(recorded).toEqual({ state, lockOwner: undefined, token: undefined, process: own });
    expect(statSync(place.paths.daemonFile).mode & 0o777).toBe(0o600);
    expect(statSync(place.paths.runDir).mode & 0o777).toBe(0o700);
    expect(readFileSync(place.paths.pidFile, 'utf8')).toBe(`${own.pid}\n`);
  });

  it('[A2] [F1] counts only while that very process lives', async () => {
    const stale: Partial<DaemonState>[] = [{ startTicks: own.startTicks + 1 }, { bootId: 'another boot' }, { pid: 2 ** 22 + 1 }];
    for (const change of stale) {
      await writeDaemonState(place.paths, { ...state, ...change });
      expect((await readDaemonState(place.paths)).process).toBeUndefined();
    }
  });

  it('is removed by its own process only', async () => {
    await writeDaemonState(place.paths, state);
    await expect(removeDaemonState(place.paths, { ...own, startTicks: own.startTicks + 1 })).resolves.toBe(false);
    expect(existsSync(place.paths.daemonFile)).toBe(true);
    await expect(removeDaemonState(place.paths, own)).resolves.toBe(true);
    expect([existsSync(place.paths.daemonFile), existsSync(place.paths.pidFile)]).toEqual([false, false]);
    await expect(removeDaemonState(place.paths, own)).resolves.toBe(false);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['cut off', '{"pid":1,"po'],
    ['no object', '[1]'],
    ['without a pid', '{"port":1}'],
    ['with an impossible port', '{"pid":1,"port":70000}'],
    ['with a pid that would signal a group', '{"pid":-1,"port":1}'],
  ])('[A2] %s counts as none', async (_name, text) => {
    mkdirSync(place.paths.runDir, { recursive: true });
    if (text !== undefined) writeFileSync(place.paths.daemonFile, text);
    await expect(readDaemonState(place.paths)).resolves.toMatchObject({ state: undefined, process: undefined });
  });

  it('[F1] that is a link to another file counts as none', async () => {
    mkdirSync(place.paths.runDir, { recursive: true });
    const elsewhere = join(place.dir, 'elsewhere.json');
    writeFileSync(elsewhere, JSON.stringify(state));
    symlinkSync(elsewhere, place.paths.daemonFile);
    await expect(readDaemonState(place.paths)).resolves.toMatchObject({ state: undefined });
  });

  it('of another version keeps what is known', () => {
    expect(parseDaemonState('{"pid":7,"port":80,"url":5,"variables":[],"later":true}')).toEqual({
      pid: 7,
      port: 80,
      startTicks: 0,
      bootId: '',
      startTime: 0,
      refcount: 0,
      version: '',
      protocol: 0,
      config: null,
      host: '',
      url: '',
      gatewaySocket: '',
      logFile: '',
      variables: {},
      variablesSalt: '',
    });
  });

  it('[F1] of any content is read without an exception, and never pollutes a prototype', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.jsonValue().map((value) => JSON.stringify(value)),
          fc.record({ pid: fc.nat(), port: fc.nat(99_999), variables: fc.jsonValue() }).map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const parsed = parseDaemonState(text);
          expect(parsed === undefined || (parsed.pid > 0 && parsed.port > 0)).toBe(true);
        },
      ),
      { numRuns: 10_000 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1) },
    );
    parseDaemonState('{"pid":1,"port":1,"variables":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the token and the lock', () => {
  it('are read beside it', async () => {
    mkdirSync(place.paths.runDir, { recursive: true });
    writeFileSync(place.paths.tokenFile, 'secret\n');
    writeFileSync(place.paths.lockFile, JSON.stringify({ ...own, nonce: 'x' }));
    await expect(readDaemonState(place.paths)).resolves.toEqual({
      state: undefined,
      lockOwner: expect.objectContaining(own),
      token: 'secret',
      process: own,
    });
    writeFileSync(place.paths.tokenFile, '\n');
    for (const damaged of ['', '5', '{"pid":"1"}']) {
      writeFileSync(place.paths.lockFile, damaged);
      await expect(readDaemonState(place.paths)).resolves.toMatchObject({ lockOwner: undefined, token: undefined });
    }
  });

  it('that cannot be read are a coded error', async () => {
    mkdirSync(place.paths.runDir, { recursive: true });
    writeFileSync(place.paths.tokenFile, 'secret');
    chmodSync(place.paths.tokenFile, 0);
    // The superuser reads it all the same.
    const outcome = await readDaemonState(place.paths).catch((error: unknown) => error);
    expect(process.getuid?.() === 0 ? 'secret' : 'CCP_PERMISSION_DENIED').toBe(
      (outcome as { token?: string }).token ?? (outcome as { code: string }).code,
    );
  });
});
