import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Logs from './logs.js';
import Start from './start.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

const patience = { timeout: 20_000 };

describe('ccproxy logs --follow', () => {
  it('[B3] prints lines as they come and ends with the daemon', async () => {
    const started = (await runCommand(Start, ['--json'], home.env)).json();
    await expect.poll(() => readFile(home.paths.logFile, 'utf8'), patience).toContain('daemon ready');
    let seen = '';
    const following = runCommand(Logs, ['--follow', '--lines', '1'], home.env, (text) => (seen += text));
    // What is asked before the last line was read would take its place.
    await expect.poll(() => seen, patience).toContain('daemon ready');
    // Each message leaves a line in the log; once one is printed, the command follows.
    const body = JSON.stringify({ model: 'demo,claude-demo', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] });
    const headers = { 'content-type': 'application/json' };
    const ask = async (): Promise<string> => {
      await (await fetch(`${String(started['url'])}/v1/messages`, { method: 'POST', headers, body })).text();
      return seen;
    };
    await expect.poll(ask, patience).toContain('"provider":"demo"');
    await home.stopDaemon();
    const { stdout, stderr, exitCode } = await following;
    expect([exitCode, stderr]).toEqual([0, 'The daemon has stopped.\n']);
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
    await expect.poll(() => readFile(home.paths.logFile, 'utf8').catch(() => ''), patience).toContain('daemon ready');
    await home.stopDaemon();
    expect((await running).exitCode).toBe(0);
  });

  it('[B1] ends with 2 when the daemon refuses its configuration', async () => {
    const file = home.write('c.yaml', 'models: {}\n');
    expect((await runCommand(Start, ['--foreground', '--config', file], home.env)).exitCode).toBe(2);
  });
});
