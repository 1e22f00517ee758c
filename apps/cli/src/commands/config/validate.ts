import { type Diagnostic, loadConfig, renderDiagnostics } from '@ccproxy/config';
import { BaseCommand } from '../../base-command.js';

export default class ConfigValidate extends BaseCommand {
  static override summary = 'Check the configuration without starting anything.';
  static override description = 'All problems are reported together, each with file, line and column. Exit code 2 when there is one.';
  static override examples = [
    { description: 'Check the file in use.', command: '<%= config.bin %> config validate' },
    { description: 'Check another file.', command: '<%= config.bin %> config validate --config ./ccproxy.yaml' },
  ];

  async run(): Promise<{ valid: true; file: string | null; warnings: readonly Diagnostic[] }> {
    const { flags } = await this.parse(ConfigValidate);
    const loaded = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths: this.paths(flags) });
    this.log(`${loaded.file ?? 'The built-in default'} is valid.`);
    if (loaded.warnings.length > 0) this.note(renderDiagnostics(loaded.warnings, loaded.text));
    return { valid: true, file: loaded.file, warnings: loaded.warnings };
  }
}
