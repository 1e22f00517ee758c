/** One of many that all want a daemon: `node race.ts STATE_DIR FAKE_DAEMON`. Prints the pid of the daemon it got and leaves. */
import { resolvePaths } from '@ccproxy/kernel';
import { sourceProcessArgs } from '@ccproxy/ipc/testing';
import { ensureDaemon } from '../ensure-daemon.js';
import { spawnDaemon } from '../spawn-daemon.js';

const [stateDir = '', daemon = ''] = process.argv.slice(2);
const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir });
const args = sourceProcessArgs(daemon, stateDir);
const { connection, started } = await ensureDaemon({
  paths,
  client: 'race',
  version: '1.2.3',
  patienceMs: 60_000,
  spawnDaemon: () => spawnDaemon({ node: process.execPath, entry: args[0] ?? '', args: args.slice(1), env: process.env, logFile: paths.logFile }),
});
process.stdout.write(JSON.stringify({ pid: connection.server.pid, started }));
await connection.close();
