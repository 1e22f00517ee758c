import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Logs from './logs.js';
import Start from './start.js';
import Stop from './stop.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

describe('ccproxy logs --follow', () => {
  it('[B3] prints lines as they come and ends with the daemon', async () => {
    await runCommand(Start, [], home.env);
    // Both commands take over the output of this process; the outer one is restored last.
    const following = runCommand(Logs, ['--follow', '--lines', '1'], home.env);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What is written while `stop` runs is taken by `stop`.
    const stop = await runCommand(Stop, [], home.env);
    const { stdout, stderr, exitCode } = await following;
    expect(exitCode).toBe(0);
    expect(stop.stderr + stderr).toBe('The daemon has stopped.\n');
    expect(stdout).toContain('daemon ready');
  });

  it('[B3] says when there is no daemon to follow', async () => {
    const { exitCode, stderr } = await runCommand(Logs, ['--follow'], home.env);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('ccproxy start')]);
  });
});

describe('ccproxy start --foreground', () => {
  it('[B1] stays until the daemon is stopped, and has its exit code', async () => {
    const running = runCommand(Start, ['--foreground'], home.env);
    await expect
      .poll(async () => (await runCommand(Logs, ['--tail', '--json'], home.env)).stdout, { timeout: 20_000 })
      .toContain('daemon ready');
    await runCommand(Stop, [], home.env);
    expect((await running).exitCode).toBe(0);
  });

  it('[B1] ends with 2 when the daemon refuses its configuration', async () => {
    const file = home.write('c.yaml', 'models: {}\n');
    expect((await runCommand(Start, ['--foreground', '--config', file], home.env)).exitCode).toBe(2);
  });
});
