import { renderDiagnostics } from '@ccproxy/config';
import { type ImportReport, importTools, writeImport, type WrittenImport } from '@ccproxy/config/importers';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { renderImport, renderVariables } from '../../render/render-import.js';

interface ImportResult {
  readonly file: string;
  readonly written: boolean;
  readonly merged: boolean;
  readonly backup: string | null;
  readonly report: ImportReport;
  /** What was imported, as YAML. */
  readonly yaml: string;
}

export default class ConfigImport extends BaseCommand {
  static override summary = 'Translate the configuration of claude-code-router, ccproxy for Python or LiteLLM.';
  static override description =
    'Prints what became of every key: mapped, approximated or refused, and why. Keys of providers are never copied: the new file names variables. An existing configuration is added to; its keys, comments and order stay, and a copy is kept. The other program’s file is only read.';
  static override examples = [
    {
      description: 'See what would become of it.',
      command: '<%= config.bin %> config import ccr ~/.claude-code-router/config.json --dry-run',
    },
    { description: 'The Python program of the same name.', command: '<%= config.bin %> config import ccproxy-py ~/.ccproxy/ccproxy.yaml' },
    { description: 'Into a file of its own.', command: '<%= config.bin %> config import litellm config.yaml --output ./ccproxy.yaml' },
  ];
  static override args = {
    tool: Args.string({ description: 'Whose file it is.', options: [...importTools], required: true, ignoreStdin: true }),
    file: Args.string({ description: 'The file.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    output: Flags.string({ summary: 'File to write or add to, instead of the configuration in use.', helpValue: 'FILE' }),
    'dry-run': Flags.boolean({ summary: 'Write nothing; print the report and what would be added.' }),
    'litellm-config': Flags.string({
      summary: 'For ccproxy-py: the config.yaml of LiteLLM, when it is not beside the file.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<ImportResult> {
    const { args, flags } = await this.parse(ConfigImport);
    const tool = importTools.find((each) => each === args.tool) ?? 'ccr';
    const result = await writeImport({
      tool,
      file: args.file,
      litellmConfig: flags['litellm-config'],
      output: flags.output,
      config: flags.config,
      dryRun: flags['dry-run'],
      env: process.env,
      cwd: process.cwd(),
      paths: this.paths(flags),
    });
    this.#show(result, flags['dry-run']);
    const { file, written, merged, backup, report, imported: yaml } = result;
    return { file, written, merged, backup: backup ?? null, report, yaml };
  }

  #show(result: WrittenImport, dryRun: boolean): void {
    const variables = renderVariables(result.report, (name) => (process.env[name] ?? '') !== '');
    this.log(renderImport(result.report));
    if (variables !== undefined) this.log(`\n${variables}`);
    this.log('');
    if (dryRun)
      this.log(
        `Nothing is written. This would ${result.merged ? 'be added to' : 'become'} ${result.file}:\n\n${result.imported.trimEnd()}`,
      );
    else this.log(`${outcome(result)}\n${nextStep(result)}`);
    if (result.warnings.length > 0 && !dryRun) this.note(renderDiagnostics(result.warnings, result.text));
  }
}

function outcome({ file, written, backup }: WrittenImport): string {
  if (!written) return `${file} holds all of it already.`;
  return `Wrote ${file}${backup === undefined ? '' : ` (the old one is ${backup})`}.`;
}

const nextStep = ({ file, isDefault }: WrittenImport): string =>
  isDefault ? 'Start with `ccproxy start`, or `ccproxy restart` if it runs.' : `Start with \`ccproxy start --config ${file}\`.`;
