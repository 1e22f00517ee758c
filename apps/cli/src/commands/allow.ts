import { loadConfig } from '@ccproxy/config';
import { systemClock } from '@ccproxy/kernel';
import { allowProject, findProject, projectPlaces } from '@ccproxy/projects';
import * as Args from '@oclif/core/args';
import { homedir } from 'node:os';
import { BaseCommand } from '../base-command.js';
import { namedDirectory } from '../project-here.js';
import { renderAllowed } from '../render/render-allowed.js';
import { tellDaemon } from '../tell-daemon.js';

interface AllowResult {
  readonly path: string;
  readonly id: string;
  readonly digest: string;
  /** This content was allowed already. */
  readonly known: boolean;
  readonly profile: string | null;
  readonly routes: readonly string[];
  readonly limits: { readonly context: number | null; readonly output: number | null };
}

export default class Allow extends BaseCommand {
  static override summary = 'Let the project file of a directory take effect.';
  static override description =
    'Shows what changed since it was allowed last, checks it against your configuration, and keeps a copy: from then on exactly this content is in force, in shells with the hook and in `ccproxy claude`. A changed file has no effect until it is allowed again; up to eight contents stay allowed, so that branches can be changed freely. A project file can only select profiles, targets and tighter limits of yours.';
  static override examples = [
    { description: 'The project of this directory.', command: '<%= config.bin %> allow' },
    { description: 'Another one, for a program.', command: '<%= config.bin %> allow ~/src/app --json' },
  ];
  static override args = {
    directory: Args.string({ description: 'Directory of the project; the nearest one from here without it.', ignoreStdin: true }),
  };

  async run(): Promise<AllowResult> {
    const { args, flags } = await this.parse(Allow);
    const paths = this.paths(flags);
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    const here = await namedDirectory(args.directory, process.env);
    const uid = process.getuid?.();
    const found = args.directory === undefined ? await findProject({ from: here, home: homedir(), uid }) : undefined;
    const allowed = await allowProject({
      places: projectPlaces(paths, systemClock),
      directory: found ?? here,
      selectable: config,
      // Not known here of every target; the daemon completes it.
      features: { toolSearch: false, hintHeaders: true, modelDiscovery: true },
      uid,
      clock: systemClock,
    });
    this.log(renderAllowed(allowed));
    await this.renewShellHooks(paths);
    const problem = await tellDaemon(paths);
    if (problem !== undefined) this.note(`warning: ${problem}`);
    const { record, project, file, known } = allowed;
    return {
      path: record.path,
      id: record.id,
      digest: file.digest,
      known,
      profile: project.profile ?? null,
      routes: project.routes.map(({ name }) => name),
      limits: { context: project.limits.context ?? null, output: project.limits.output ?? null },
    };
  }
}
