import { createDaemonClient, ensureDaemon } from '@ccproxy/client';
import { loadConfig } from '@ccproxy/config';
import { Flags } from '@oclif/core';
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
    'Starts the new daemon with the present configuration and environment, hands it the listening sockets, then lets the old one finish its requests. When the new one cannot start, the old one goes on and the reason is printed. Without a running daemon it starts one.';
  static override examples = [
    { description: 'Use a changed configuration.', command: '<%= config.bin %> restart' },
    { description: 'Change to another configuration file.', command: '<%= config.bin %> restart --config ./other.yaml' },
  ];
  static override flags = {
    host: Flags.string({ summary: 'Address to listen on instead of 127.0.0.1; takes effect only when no daemon runs.' }),
    port: Flags.integer({ summary: 'Port to listen on; takes effect only when no daemon runs.', min: 1, max: 65_535 }),
  };

  async run(): Promise<RestartResult> {
    const { flags } = await this.parse(Restart);
    const paths = this.paths(flags);
    const cwd = process.cwd();
    await loadConfig({ flags, env: process.env, cwd, paths });
    const { connection, started } = await ensureDaemon({
      paths,
      client: 'ccproxy restart',
      version: cliVersion,
      spawnDaemon: daemonSpawner(flags, paths),
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
      const { oldPid, newPid } = await client.restart({ argv: daemonArguments(flags, cwd), env });
      this.log(`ccproxy on ${url}: pid ${oldPid} handed over to pid ${newPid}.`);
      return { oldPid, pid: newPid, url };
    } finally {
      await client.close();
    }
  }
}
