import { createDaemonClient, ensureDaemon, readDaemonState, stopDaemon } from '@ccproxy/client';
import { loadConfig } from '@ccproxy/config';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { daemonArguments, daemonEnvironment, daemonSpawner } from '../daemon-process.js';

interface RestartResult {
  readonly oldPid: number | null;
  readonly pid: number;
  readonly url: string;
}

export default class Restart extends BaseCommand {
  static override summary = 'Replace the running daemon without refusing a request.';
  static override description =
    'Starts the new daemon with the present content of its configuration file and the present environment, hands it the listening sockets, then lets the old one finish its requests. When the new one cannot start, the old one goes on and the reason is printed. Without a running daemon it starts one.';
  static override examples = [
    { description: 'Use a changed configuration.', command: '<%= config.bin %> restart' },
    { description: 'Change to another configuration file.', command: '<%= config.bin %> restart --config ./other.yaml' },
  ];
  static override flags = {
    host: Flags.string({ summary: 'Address to listen on; a running daemon keeps its own, and another one is refused.' }),
    port: Flags.integer({ summary: 'Port to listen on; a running daemon keeps its own, and another one is refused.', min: 1, max: 65_535 }),
  };

  async run(): Promise<RestartResult> {
    const { flags } = await this.parse(Restart);
    const paths = this.paths(flags);
    const cwd = process.cwd();
    const config = flags.config ?? (await configOfRunning(paths));
    const chosen = { ...flags, ...(config === undefined ? {} : { config }) };
    await loadConfig({ flags: chosen, env: process.env, cwd, paths });
    await this.renewShellHooks(paths);
    const options = { paths, client: 'ccproxy restart', version: cliVersion, spawnDaemon: daemonSpawner(chosen, paths) };
    const { connection, started } = await ensureDaemon(options).catch(async (error: unknown) => {
      if (!cannotBeAsked(error)) throw error;
      this.note('The running daemon cannot be asked to hand over; it is stopped and a new one is started.');
      await stopDaemon(options);
      return ensureDaemon(options);
    });
    const client = createDaemonClient(connection);
    try {
      const { url, pid } = await client.status();
      if (started) {
        await client.openLease({ client: 'ccproxy restart', pid: process.pid, pin: true });
        this.log(`No daemon was running; ccproxy now runs on ${url} (pid ${pid}).`);
        return { oldPid: null, pid, url };
      }
      const env = Object.fromEntries(
        Object.entries(daemonEnvironment(process.env, cwd)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      const { oldPid, newPid } = await client.restart({ argv: daemonArguments(chosen, cwd), env });
      this.log(`ccproxy on ${url}: pid ${oldPid} handed over to pid ${newPid}.`);
      return { oldPid, pid: newPid, url };
    } finally {
      await client.close();
    }
  }
}

/** A daemon of another protocol, or one whose token was lost: its process can still be ended. */
function cannotBeAsked(error: unknown): boolean {
  return CcproxyError.isInstance(error) && (error.code === 'CCP_IPC_PROTOCOL' || error.code === 'CCP_IPC_UNAUTHORIZED');
}

/** The file the running daemon was told to use; undefined when the environment names one now, or it found its file by itself. */
async function configOfRunning(paths: AppPaths): Promise<string | undefined> {
  const named = process.env['CC_PROXY_CONFIG'] ?? process.env['CC_PROXY_CONFIG_FILE'];
  if (named !== undefined && named !== '') return undefined;
  const { state } = await readDaemonState(paths);
  return state?.config === null || state?.config === paths.configFile ? undefined : state?.config;
}
