import { writeInitialConfig } from '@ccproxy/config';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';

export default class ConfigInit extends BaseCommand {
  static override summary = 'Write a commented configuration that works at once.';
  static override description =
    'Every request goes to Anthropic with the login your client has; a demo provider answers without any network. A file that is there is never overwritten without --force, and then kept as a backup.';
  static override examples = [{ description: 'Write ~/.ccproxy/ccproxy.yaml.', command: '<%= config.bin %> config init' }];
  static override flags = { force: Flags.boolean({ summary: 'Replace an existing file; it is kept as <file>.bak.' }) };

  async run(): Promise<{ file: string; backup: string | null }> {
    const { flags } = await this.parse(ConfigInit);
    const { file, backup } = await writeInitialConfig({ paths: this.paths(flags), force: flags.force });
    this.log(`Wrote ${file}${backup === undefined ? '' : ` (the old one is ${backup})`}.`);
    this.log('Start with `ccproxy start`, or run Claude Code through it at once: `ccproxy claude`.');
    return { file, backup: backup ?? null };
  }
}
