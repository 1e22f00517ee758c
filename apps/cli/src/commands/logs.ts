import { loadConfig, redactedYaml } from '@ccproxy/config';
import { CcproxyError, createRedactor } from '@ccproxy/kernel';
import { readLastLines } from '@ccproxy/telemetry/read-last-lines';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { renderTable } from '../render/render-table.js';

interface LogsResult {
  readonly sources: readonly { readonly kind: string; readonly path: string | null; readonly status: string; readonly note: string }[];
  readonly config: string | null;
  readonly logDirectory: string;
  readonly logFile: string;
  readonly activeConfig: string;
  readonly lines?: readonly string[];
}

export default class Logs extends BaseCommand {
  static override summary = 'Show where the configuration comes from and what the daemon logs.';
  static override description =
    'Prints every configuration source that was considered and which one won, the paths of the log, and the active configuration with its secrets redacted. With --tail it prints the end of the log, with --follow it goes on printing.';
  static override examples = [
    { description: 'Configuration sources, paths, active configuration.', command: '<%= config.bin %> logs' },
    { description: 'The last 50 lines of the log.', command: '<%= config.bin %> logs --tail --lines 50' },
    { description: 'Lines as they come.', command: '<%= config.bin %> logs --follow' },
  ];
  static override flags = {
    tail: Flags.boolean({ summary: 'Print the end of the log.' }),
    lines: Flags.integer({ summary: 'How many lines of the log (20); implies --tail.', min: 1, max: 10_000 }),
    follow: Flags.boolean({ summary: 'Go on printing lines until Ctrl-C.', char: 'f' }),
  };

  async run(): Promise<LogsResult | undefined> {
    const { flags } = await this.parse(Logs);
    const paths = this.paths(flags);
    const loaded = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    const logFile = loaded.config.logging.file ?? paths.logFile;
    const redactor = createRedactor({ secrets: loaded.secrets });
    const count = flags.lines ?? 20;
    const wantsLines = flags.tail || flags.follow || flags.lines !== undefined;
    const lines = wantsLines ? (await lastLines(logFile, count)).map((line) => redactor.redact(line)) : undefined;
    if (!wantsLines) {
      this.log('configuration sources, first that is used wins');
      this.log(renderTable(loaded.sources.map(({ status, path, note }) => [`  ${status}`, note, path ?? ''])));
      this.log(`log directory  ${paths.logsDir}\nlog file       ${logFile}\nactive configuration`);
      this.log(
        redactedYaml(loaded)
          .replace(/^(?=.)/gm, '  ')
          .trimEnd(),
      );
    }
    for (const line of lines ?? []) this.log(line);
    if (flags.follow) {
      await this.#follow(flags);
      return undefined;
    }
    return {
      sources: loaded.sources,
      config: loaded.file,
      logDirectory: paths.logsDir,
      logFile,
      activeConfig: redactedYaml(loaded),
      ...(lines === undefined ? {} : { lines }),
    };
  }

  /** Prints live lines until Ctrl-C or until the daemon stops. */
  async #follow(flags: { readonly 'state-dir'?: string | undefined; readonly 'log-dir'?: string | undefined }): Promise<void> {
    await this.withDaemon(this.paths(flags), async (client) => {
      const subscription = client.followLogs({}, (line, dropped) => {
        if (dropped > 0) this.note(`(${dropped} lines skipped: this terminal is slower than the log)`);
        process.stdout.write(`${line}\n`);
      });
      process.once('SIGINT', () => subscription.cancel());
      try {
        await subscription.ended;
      } catch (error) {
        if (!CcproxyError.isInstance(error) || error.code !== 'CCP_IPC_CLOSED') throw error;
        this.note('The daemon has stopped.');
      }
    });
  }
}

/** No log yet is no failure. */
async function lastLines(file: string, count: number): Promise<string[]> {
  try {
    return await readLastLines(file, count);
  } catch (error) {
    const cause = CcproxyError.isInstance(error) ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    if (cause?.code === 'ENOENT') return [];
    throw error;
  }
}
