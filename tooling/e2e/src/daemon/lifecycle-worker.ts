/**
 * One of many programs that start, use, stop and kill the same daemon: `lifecycle-worker.ts STATE_DIR SEED OPERATIONS`. Each operation is
 * checked from the inside; the first thing that must not be is thrown. Prints how often it did what.
 */
import { spawn } from 'node:child_process';
import { type DaemonClient, openWithDaemon, readDaemonState, spawnDaemon, stopDaemon } from '@ccproxy/client';
import { CcproxyError, resolvePaths } from '@ccproxy/kernel';
import { ccproxydBin } from '@ccproxy-internal/test-kit';

const [stateDir = '', seed = '1', operations = '5'] = process.argv.slice(2);
const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir });
const patienceMs = 240_000;
const own = { paths, client: 'worker', version: '0.0.0', patienceMs };
const counts: Record<string, number> = {};

let state = Number(seed) * 2_654_435_761;
/** Numbers that a seed repeats (xorshift); [0, 1). */
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const spawnOwn = () =>
  spawnDaemon({
    node: process.execPath,
    entry: ccproxydBin,
    args: ['--state-dir', stateDir, '--auto'],
    env: process.env,
    logFile: paths.logFile,
  });
const open = <T>(use: (client: DaemonClient) => Promise<T>) => openWithDaemon({ ...own, spawnDaemon: spawnOwn }, use);

/** Others stop and kill the daemon at any moment: an answer may be lost, nothing else may go wrong. */
async function unlessGone(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!CcproxyError.isInstance(error) || !['CCP_IPC_CLOSED', 'CCP_IPC_TIMEOUT'].includes(error.code)) throw error;
    counts['gone'] = (counts['gone'] ?? 0) + 1;
  }
}

async function expectLease(client: DaemonClient, pid: number): Promise<void> {
  const { leases } = await client.status();
  if (!leases.some((lease) => lease.pid === pid)) throw new Error(`the lease of ${pid} was lost: ${JSON.stringify(leases)}`);
}

const acts: Readonly<Record<string, () => Promise<void>>> = {
  async start() {
    const { client } = await open((each) => each.openLease({ client: 'worker start', pid: process.pid, pin: true }));
    await unlessGone(() => expectLease(client, process.pid));
    await client.close();
  },
  async claude() {
    const { client } = await open((each) => each.openSession({ client: 'worker claude', pid: process.pid }));
    await unlessGone(() => expectLease(client, process.pid));
    await pause(random() * 50);
    await client.close();
  },
  async exec() {
    const child = spawn('sleep', ['0.1'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const pid = child.pid ?? 0;
    const opened = await open((each) => each.openSession({ client: 'worker exec', pid, heldBy: 'process' })).catch((error: unknown) => {
      // It ended before a daemon was there.
      if (CcproxyError.isInstance(error) && error.code === 'CCP_DAEMON_NO_PROCESS') return undefined;
      throw error;
    });
    await ended;
    await opened?.client.close();
  },
  async stop() {
    await stopDaemon({ ...own, drainMs: Math.floor(random() * 50) });
  },
  async kill() {
    const { process: recorded } = await readDaemonState(paths);
    if (recorded === undefined || recorded.pid === process.pid) return;
    try {
      process.kill(recorded.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  },
};

const deck = ['start', 'claude', 'claude', 'claude', 'exec', 'exec', 'stop', 'kill'];
for (let done = 0; done < Number(operations); done += 1) {
  const name = deck[Math.floor(random() * deck.length)] ?? 'claude';
  await acts[name]?.();
  counts[name] = (counts[name] ?? 0) + 1;
}
process.stdout.write(JSON.stringify(counts));
