import { spawn } from 'node:child_process';
import { type DaemonStatusReport, openWithDaemon } from '@ccproxy/client';
import { loadConfig } from '@ccproxy/config';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { daemonArguments, daemonEntry, daemonSpawner } from '../daemon-process.js';
import { startWarnings } from '../start-warnings.js';

interface StartResult {
  readonly started: boolean;
  readonly pid: number;
  readonly url: string;
  readonly config: string | null;
  readonly log: string;
  readonly warnings: readonly string[];
}

export default class Start extends BaseCommand {
  static override summary = 'Start the daemon and keep it running.';
  static override description =
    'Checks the configuration first, starts the daemon in the background, waits until it answers, and prints where it listens. A daemon that runs already is a success. A daemon started this way stays until `ccproxy stop`.';
  static override examples = [
    { description: 'Start with the user configuration.', command: '<%= config.bin %> start' },
    {
      description: 'Start with another configuration on a fixed port.',
      command: '<%= config.bin %> start --config ./ccproxy.yaml --port 4000',
    },
    { description: 'Run in this terminal, logs on stderr.', command: '<%= config.bin %> start --foreground' },
  ];
  static override flags = {
    host: Flags.string({ summary: 'Address to listen on instead of 127.0.0.1.' }),
    port: Flags.integer({ summary: 'Port to listen on; it is an error when it is taken.', min: 1, max: 65_535 }),
    foreground: Flags.boolean({ summary: 'Stay in this terminal; Ctrl-C stops it.', default: false }),
  };

  async run(): Promise<StartResult | undefined> {
    const { flags } = await this.parse(Start);
    const paths = this.paths(flags);
    await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    await this.renewShellHooks(paths);
    if (flags.foreground) return this.#foreground(daemonArguments(flags, process.cwd()));
    const options = { paths, client: 'ccproxy start', version: cliVersion, spawnDaemon: daemonSpawner(flags, paths) };
    const { client, started } = await openWithDaemon(options, (opened) =>
      opened.openLease({ client: 'ccproxy start', pid: process.pid, pin: true }),
    );
    try {
      const status = await client.status();
      const warnings = started
        ? []
        : startWarnings(status, { version: cliVersion, env: process.env, config: flags.config, cwd: process.cwd() });
      return this.#report(status, started, warnings);
    } finally {
      await client.close();
    }
  }

  #report(status: DaemonStatusReport, started: boolean, warnings: readonly string[]): StartResult {
    this.log(
      started
        ? `ccproxy is running on ${status.url} (pid ${status.pid}).`
        : `ccproxy is already running on ${status.url} (pid ${status.pid}).`,
    );
    this.log(`  configuration  ${status.configFile ?? 'built-in default (write your own with `ccproxy config init`)'}`);
    this.log(`  log            ${status.logFile}`);
    for (const warning of warnings) this.note(`warning: ${warning}`);
    return { started, pid: status.pid, url: status.url, config: status.configFile, log: status.logFile, warnings };
  }

  /** Becomes the daemon for the user: its output, its signals, its exit code. */
  async #foreground(args: readonly string[]): Promise<undefined> {
    const child = spawn(process.execPath, [daemonEntry(), ...args, '--foreground'], { stdio: 'inherit' });
    const hand = (signal: NodeJS.Signals): void => void child.kill(signal);
    // A terminal sends Ctrl-C to both processes; a second signal would end the drain at once.
    process.on('SIGINT', () => process.stdin.isTTY || hand('SIGINT'));
    process.on('SIGTERM', hand);
    process.exitCode = await new Promise<number>((resolve) => {
      child.on('error', () => resolve(1));
      child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
    });
    return undefined;
  }
}
