import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { readStatus } from '../read-status.js';
import { renderStatus } from '../render/render-status.js';
import { startWarnings } from '../start-warnings.js';

export default class Status extends BaseCommand {
  static override summary = 'Show whether the daemon runs, where, and what it can reach.';
  static override description = 'Exit code 0 when it runs and answers, 3 when it does not run.';
  static override examples = [
    { description: 'For people.', command: '<%= config.bin %> status' },
    { description: 'For programs.', command: '<%= config.bin %> status --json' },
  ];

  async run(): Promise<DaemonStatusReport> {
    const { flags } = await this.parse(Status);
    const status = await readStatus(this.paths(flags));
    this.log(renderStatus(status, Date.now()));
    for (const warning of startWarnings(status, { version: cliVersion, env: process.env, config: flags.config, cwd: process.cwd() }))
      this.note(`warning: ${warning}`);
    return status;
  }
}
