import { readFileSync, statSync } from 'node:fs';
import { ccproxydBin } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation, demoConfig, type Installation } from './installation.ts';
import { repetitions } from './scale.ts';

const racers = repetitions(20, 60);
const nobody = 65_534;

/** Becomes another user and tries every door of a daemon; answers the error code of each. Loads nothing afterwards. */
const intruder = `
const net = require('node:net');
const fs = require('node:fs');
process.setgroups([]);
process.setgid(${nobody});
process.setuid(${nobody});
const knock = (path) => new Promise((resolve) => {
  const socket = net.connect(path, () => { socket.destroy(); resolve('CONNECTED'); });
  socket.on('error', (error) => resolve(error.code));
});
const read = (path) => { try { fs.readFileSync(path); return 'READ'; } catch (error) { return error.code; } };
(async () => {
  const [sockets, files] = JSON.parse(process.argv[1]);
  console.log(JSON.stringify([await Promise.all(sockets.map(knock)), files.map(read)]));
})();
`;

describe('one daemon per state directory', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation(demoConfig);
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  it(`[A2][A4][F1] row 14: ${racers} racing \`ccproxy start\` start one daemon and all succeed`, { timeout: 240_000 }, async () => {
    const starts = await Promise.all(Array.from({ length: racers }, () => installation.start({ timeoutMs: 200_000 })));
    expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
    expect(new Set(starts.map(({ url }) => url)).size).toBe(1);
    expect(starts.filter(({ started }) => started)).toHaveLength(1);
    const [{ pid } = { pid: 0 }] = starts;
    await expect.poll(() => installation.processes.living()).toEqual([pid]);
    const again = await installation.start();
    expect(again).toMatchObject({ started: false, pid });
  });

  it('[A2][F1] row 14: a second ccproxyd leaves the first alone and says who it is', async () => {
    const { pid, url } = await installation.start();
    const second = installation.processes.spawn(process.execPath, [ccproxydBin], { env: installation.home.env() });
    expect((await second.ended).code).toBe(1);
    expect(second.stderr()).toContain('CCP_DAEMON_RUNNING');
    expect(second.stderr()).toContain(String(pid));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(readFileSync(installation.paths.pidFile, 'utf8').trim()).toBe(String(pid));
    expect((await (await installation.client()).status()).pid).toBe(pid);
  });

  it('[F1][F2] rows 11 and 12: another user reaches no socket and reads no file', async () => {
    const { root, runDir, dataDir, logsDir, ipcSocket, gatewaySocket, tokenFile, daemonFile, databaseFile, logFile } = installation.paths;
    await installation.start();
    const files = [tokenFile, daemonFile, databaseFile, logFile];
    const openToOthers = [root, runDir, dataDir, logsDir, ...files, ipcSocket, gatewaySocket].filter(
      (path) => (statSync(path).mode & 0o077) !== 0,
    );
    expect(openToOthers).toEqual([]);
    const refused = [['EACCES', 'EACCES'], files.map(() => 'EACCES')];
    expect((await knockAsNobody([ipcSocket, gatewaySocket], files)) ?? refused).toEqual(refused);
  });

  /** What another user gets at sockets and files; undefined when we are not root and cannot become somebody else. */
  async function knockAsNobody(sockets: readonly string[], files: readonly string[]): Promise<unknown> {
    if (process.getuid?.() !== 0) return undefined;
    const tried = installation.processes.spawn(process.execPath, ['-e', intruder, JSON.stringify([sockets, files])]);
    await tried.ended;
    return JSON.parse(tried.stdout());
  }
});
