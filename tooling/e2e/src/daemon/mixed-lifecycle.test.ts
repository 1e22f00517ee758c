import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectDaemon, createDaemonClient } from '@ccproxy/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation, demoConfig, type Installation } from './installation.ts';
import { repetitions } from './scale.ts';

const workers = 20;
const operations = repetitions(100, 1000);
const worker = fileURLToPath(new URL('./lifecycle-worker.ts', import.meta.url));
/** Below the range from which the system gives ports to outgoing connections: nobody takes it while no daemon runs. */
const port = 21_000 + (process.pid % 9000);

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation(`server: { idleShutdown: 300ms }\n${demoConfig}`);
  installation.home.write(join('.ccproxy', 'run', 'port'), `${port}\n`);
});
afterEach(() => installation[Symbol.asyncDispose]());

/** What `daemon.json` says, sampled as often as possible until `end` is called. */
function watchState(): { readonly counts: Set<number>; readonly ports: Set<number>; end(): void } {
  const counts = new Set<number>();
  const ports = new Set<number>();
  const look = setInterval(() => {
    const text = readIfThere(installation.paths.daemonFile);
    if (text === '') return;
    const state = JSON.parse(text) as { refcount: number; port: number };
    counts.add(state.refcount);
    ports.add(state.port);
  }, 5);
  return { counts, ports, end: () => clearInterval(look) };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** URLs of every daemon that became ready, from the log. */
function readyUrls(): string[] {
  const { logsDir } = installation.paths;
  const lines = readdirSync(logsDir).flatMap((name) => readFileSync(join(logsDir, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes('"daemon ready"')).map((line) => (JSON.parse(line) as { url: string }).url);
}

describe('the life of a daemon', () => {
  it(
    `[A2][A4] ${operations} starts, sessions, stops and kill -9 by ${workers} programs: one daemon at a time, nothing lost or left`,
    { timeout: 60_000 + operations * 3000 },
    async () => {
      const { home, paths, processes } = installation;
      const env = home.env();
      const share = String(operations / workers);
      const running = Array.from({ length: workers }, (_, index) =>
        processes.spawn(process.execPath, [worker, home.stateDir, String(index + 1), share], { env, cwd: home.work }),
      );
      const ended = Promise.all(running.map(async (each) => ({ ...(await each.ended), stderr: each.stderr(), stdout: each.stdout() })));
      const seen = watchState();
      const results = await ended;
      seen.end();
      expect(results.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
      // Whoever found the port taken would have taken another: every daemon got it back from the one before, and no two had one at once.
      expect(new Set(readyUrls())).toEqual(new Set([`http://127.0.0.1:${port}`]));
      expect([...seen.ports]).toEqual([port]);
      expect(Math.min(...seen.counts)).toBe(0);

      expect((await installation.start()).url).toBe(`http://127.0.0.1:${port}`);
      const client = createDaemonClient(await connectDaemon({ paths, client: 'e2e', version: '0.0.0' }));
      await expect.poll(async () => (await client.status()).leases, { timeout: 20_000 }).toEqual([]);
      await client.close();
      expect((await installation.ccproxy(['stop'])).code).toBe(0);
      // What a killed daemon left of a session goes at the next start at the latest.
      await installation.start();
      expect((await installation.ccproxy(['stop'])).code).toBe(0);
      await expect.poll(() => processes.living(), { timeout: 20_000 }).toEqual([]);
      expect(readdirSync(paths.runDir).toSorted()).toEqual(['port', 'sessions', 'token']);
      // What a killed writer left unfinished stays for a while, because a living one may be writing it.
      expect(readdirSync(paths.sessionsDir).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
      expect(readFileSync(join(paths.shellDir, 'epoch'), 'utf8')).toMatch(/ 0 0\n$/);
      const unfinished = (name: string): boolean => name.endsWith('.claim') && statSync(join(paths.shellDir, name)).size === 0;
      expect(readdirSync(paths.shellDir).filter((name) => !unfinished(name))).toHaveLength(2);
    },
  );
});
