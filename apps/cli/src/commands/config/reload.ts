import type { ConfigDifferences } from '@ccproxy/client/connect';
import { BaseCommand } from '../../base-command.js';
import { renderDifferences } from '../../render/render-differences.js';

export default class ConfigReload extends BaseCommand {
  static override summary = 'Let the running daemon read its configuration file anew.';
  static override description =
    'The daemon does so by itself when the file changes; this tells you how it went. Requests that are open end under the old configuration. A file that is not valid changes nothing: exit code 2, with everything that is wrong.';
  static override examples = [{ description: 'Put a changed file in force now.', command: '<%= config.bin %> config reload' }];

  async run(): Promise<ConfigDifferences> {
    const { flags } = await this.parse(ConfigReload);
    const outcome = await this.withDaemon(this.paths(flags), (client) => client.reloadConfig());
    const { file, changes } = outcome;
    this.log(changes.length === 0 ? `${file ?? 'The built-in default'} is in force.` : `${file ?? 'The built-in default'} was read:`);
    if (changes.length > 0) this.log(renderDifferences(changes, 'in force'));
    return outcome;
  }
}
