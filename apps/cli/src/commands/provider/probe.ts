import { probeProvider, type ProviderProbe } from '@ccproxy/client/connect';
import { type Config, loadConfig } from '@ccproxy/config';
import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { errors } from '../../errors.js';
import { renderTable } from '../../render/render-table.js';

export default class ProbeCommand extends BaseCommand {
  static override summary = 'Measure what a model of a provider can do, by asking it.';
  static override description =
    'Sends about ten small requests through the running daemon, which the provider charges for: tools, one tool at a time, images, temperature, thinking, and the name of the field that bounds an answer. Prints what it found and the lines of `capabilities` that say so.';
  static override examples = [
    { description: 'The models that targets use of a provider.', command: '<%= config.bin %> provider probe ollama' },
    { description: 'One model.', command: '<%= config.bin %> provider probe openrouter qwen/qwen3-coder' },
    { description: 'For programs.', command: '<%= config.bin %> provider probe ollama qwen3:8b --json' },
  ];
  static override args = {
    provider: Args.string({ description: 'Name of the provider in the configuration.', required: true, ignoreStdin: true }),
    model: Args.string({ description: 'Model to ask for. Without it: those of the targets that use the provider.', ignoreStdin: true }),
  };

  async run(): Promise<{ probes: readonly ProviderProbe[] }> {
    const { args, flags } = await this.parse(ProbeCommand);
    const paths = this.paths(flags);
    const models = args.model === undefined ? await this.#models(args.provider, flags, paths) : [args.model];
    const probes = await this.withDaemon(paths, async ({ connection }) => {
      const done: ProviderProbe[] = [];
      for (const model of models) {
        if (!this.jsonEnabled()) this.note(`Asking ${model} …`);
        done.push(await probeProvider(connection, args.provider, model));
      }
      return done;
    });
    for (const probe of probes) this.#show(probe);
    if (probes.every(({ failure }) => failure !== null)) process.exitCode = 1;
    return { probes };
  }

  async #models(
    provider: string,
    flags: { config?: string | undefined },
    paths: ReturnType<BaseCommand['paths']>,
  ): Promise<readonly string[]> {
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    const models = modelsOf(config, provider);
    if (models.length > 0) return models;
    throw errors.CCP_USAGE({
      message: `no target has a model of the provider "${provider}"`,
      hint: `Name one: \`ccproxy provider probe ${provider} MODEL\`.`,
    });
  }

  #show({ provider, model, failure, measured, calls, lines }: ProviderProbe): void {
    this.log(`${provider}/${model} (${calls} ${calls === 1 ? 'request' : 'requests'})`);
    if (failure !== null) return this.log(`  It does not answer: ${failure}`);
    this.log(
      renderTable(
        Object.entries(measured).map(([key, value]) => ['', key, value === true ? 'yes' : value === false ? 'no' : String(value)]),
      ),
    );
    if (lines.length > 0) this.log(['', 'For ccproxy.yaml:', ...lines.map((line) => `  ${line}`), ''].join('\n'));
  }
}

/** Models the targets of a provider name, each once. */
const modelsOf = ({ models }: Config, provider: string): string[] => [
  ...new Set(Object.values(models).flatMap((target) => (target.provider === provider && target.model !== undefined ? [target.model] : []))),
];
