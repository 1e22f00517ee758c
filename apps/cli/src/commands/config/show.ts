import { loadConfig, redactedYaml } from '@ccproxy/config';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';

export default class ConfigShow extends BaseCommand {
  static override summary = 'Print the active configuration: defaults, flags and environment included, secrets redacted.';
  static override examples = [
    { description: 'What a daemon started now would use.', command: '<%= config.bin %> config show' },
    { description: 'What the running daemon uses.', command: '<%= config.bin %> config show --running' },
  ];
  static override flags = { running: Flags.boolean({ summary: 'Ask the running daemon instead of reading the files.' }) };

  async run(): Promise<{ file: string | null; yaml: string }> {
    const { flags } = await this.parse(ConfigShow);
    const paths = this.paths(flags);
    const shown = flags.running ? await this.withDaemon(paths, (client) => client.activeConfig()) : await this.#fromFiles(flags, paths);
    this.log(`# ${shown.file ?? 'built-in default'}`);
    this.log(shown.yaml.trimEnd());
    return shown;
  }

  async #fromFiles(
    flags: { config?: string | undefined },
    paths: ReturnType<BaseCommand['paths']>,
  ): Promise<{ file: string | null; yaml: string }> {
    const loaded = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    return { file: loaded.file, yaml: redactedYaml(loaded) };
  }
}
