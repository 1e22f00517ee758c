/**
 * Some of many that all want a daemon at once: `node race.ts STATE_DIR FAKE_DAEMON CALLERS`. Prints which daemon each caller got.
 */
import { resolvePaths } from '@ccproxy/kernel';
import { sourceProcessFlags } from '@ccproxy/ipc/testing';
import { ensureDaemon } from '../ensure-daemon.js';
import { spawnDaemon } from '../spawn-daemon.js';

const [stateDir = '', daemon = '', callers = '1'] = process.argv.slice(2);
const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir });

async function call(): Promise<{ pid: number; started: boolean }> {
  const { connection, started } = await ensureDaemon({
    paths,
    client: 'race',
    version: '1.2.3',
    patienceMs: 120_000,
    spawnDaemon: () =>
      spawnDaemon({
        node: process.execPath,
        nodeFlags: sourceProcessFlags,
        entry: daemon,
        args: [stateDir],
        env: process.env,
        logFile: paths.logFile,
      }),
  });
  const { pid } = connection.server;
  await connection.close();
  return { pid, started };
}

process.stdout.write(JSON.stringify(await Promise.all(Array.from({ length: Number(callers) }, call))));
