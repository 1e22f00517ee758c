import { readFileSync } from 'node:fs';
import {
  createProcesses,
  createTempHome,
  type Daemon,
  freePort,
  type Processes,
  startDaemon,
  type TempHome,
} from '@ccproxy-internal/test-kit';
import { runAttack } from '@ccproxy/http/testing';
import { attackIpc } from '@ccproxy/ipc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';
import { demoConfig } from './installation.ts';

/** MB an attack may leave behind in the memory of the daemon. */
const growth = 10;
const rounds = 2;

describe('the real daemon under attack', () => {
  let home: TempHome;
  let processes: Processes;
  let daemon: Daemon;
  beforeAll(async () => {
    home = createTempHome();
    processes = createProcesses();
    home.writeConfig(demoConfig);
    home.write('.ccproxy/run/port', `${await freePort()}\n`);
    daemon = await startDaemon({ home, processes, env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
  });
  afterAll(async () => {
    await processes.stop();
    home.remove();
  });
  /** Resident memory without garbage, MB; 0 where it cannot be seen. */
  const memory = async (): Promise<number> => {
    await collectGarbage(daemon.process.stderr());
    if (process.platform !== 'linux') return 0;
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]) / 1024;
  };

  it('[F1][A8] G1: withstands every attack on HTTP, and leaks nothing', { timeout: 300_000 }, async ({ annotate }) => {
    const report = await runAttack({
      host: '127.0.0.1',
      port: daemon.port,
      authentication: [`x-ccproxy-token: ${daemon.ipcToken()}`],
      protectedPaths: ['/metrics'],
      pid: daemon.pid,
    });
    await annotate(`${report.total} attacks, ${report.failed.length} succeeded, ${report.answersScanned} answers searched`);
    expect(report.failed).toEqual([]);
    expect(report.leaks).toEqual([]);
    expect(report.total).toBeGreaterThanOrEqual(107);
    expect(daemon.process.running()).toBe(true);
  });

  it('[F1][F2] G2: withstands every attack on the control socket, and keeps nothing of it', { timeout: 300_000 }, async ({ annotate }) => {
    const attack = async (): Promise<void> => {
      const report = await attackIpc({ socket: daemon.ipcSocket, pid: daemon.pid });
      expect(report.failed).toEqual([]);
      expect(report.checks.length).toBeGreaterThanOrEqual(33);
    };
    // The first round loads and compiles what the later ones use.
    await attack();
    const before = await memory();
    for (let round = 0; round < rounds; round++) await attack();
    const after = await memory();
    await annotate(`${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after ${rounds} rounds`);
    expect(after - before).toBeLessThan(growth);
    expect(daemon.process.running()).toBe(true);
    expect(daemon.log()).not.toMatch(/"level":"(error|fatal)"/);
  });
});
