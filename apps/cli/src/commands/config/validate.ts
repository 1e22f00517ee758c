import { resolve } from 'node:path';
import { type Diagnostic, loadConfig, renderDiagnostics } from '@ccproxy/config';
import type { ConfigDifferences } from '@ccproxy/client/connect';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { renderDifferences } from '../../render/render-differences.js';

export default class ConfigValidate extends BaseCommand {
  static override summary = 'Check the configuration without starting anything.';
  static override description =
    'All problems are reported together, each with file, line and column. Exit code 2 when there is one. With --against-running the daemon also says what would change if it used the file; it reads it with the variables it was started with, and changes nothing.';
  static override examples = [
    { description: 'Check the file in use.', command: '<%= config.bin %> config validate' },
    { description: 'Check another file.', command: '<%= config.bin %> config validate --config ./ccproxy.yaml' },
    { description: 'What would it change?', command: '<%= config.bin %> config validate --config ./ccproxy.yaml --against-running' },
  ];
  static override flags = { 'against-running': Flags.boolean({ summary: 'Say what the file would change in the running daemon.' }) };

  async run(): Promise<{
    valid: true;
    file: string | null;
    warnings: readonly Diagnostic[];
    changes?: ConfigDifferences['changes'];
  }> {
    const { flags } = await this.parse(ConfigValidate);
    const paths = this.paths(flags);
    const loaded = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    this.log(`${loaded.file ?? 'The built-in default'} is valid.`);
    if (loaded.warnings.length > 0) this.note(renderDiagnostics(loaded.warnings, loaded.text));
    const checked = { valid: true as const, file: loaded.file, warnings: loaded.warnings };
    if (!flags['against-running']) return checked;
    const named = flags.config === undefined ? undefined : resolve(flags.config);
    const { changes } = await this.withDaemon(paths, (client) => client.compareConfig(named));
    this.log(changes.length === 0 ? 'It would change nothing in the running daemon.' : 'It would change in the running daemon:');
    if (changes.length > 0) this.log(renderDifferences(changes, 'at once'));
    return { ...checked, changes };
  }
}
