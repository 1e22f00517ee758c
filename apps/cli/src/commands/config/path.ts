import { type ConfigSource, loadConfig } from '@ccproxy/config';
import { BaseCommand } from '../../base-command.js';
import { renderTable } from '../../render/render-table.js';

export default class ConfigPath extends BaseCommand {
  static override summary = 'Print the configuration file in use and every place that was considered.';
  static override examples = [{ description: 'Which file is it?', command: '<%= config.bin %> config path' }];

  async run(): Promise<{ file: string | null; sources: readonly ConfigSource[] }> {
    const { flags } = await this.parse(ConfigPath);
    const loaded = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths: this.paths(flags) });
    this.log(loaded.file ?? '(built-in default)');
    this.log(renderTable(loaded.sources.map(({ status, path, note }) => [`  ${status}`, note, path ?? ''])));
    return { file: loaded.file, sources: loaded.sources };
  }
}
