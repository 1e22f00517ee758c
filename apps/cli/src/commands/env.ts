import { openWithDaemon } from '@ccproxy/client';
import { systemClock } from '@ccproxy/kernel';
import { projectPlaces } from '@ccproxy/projects';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { daemonSpawner } from '../daemon-process.js';
import { projectEnvironment } from '../project-environment.js';
import { namedDirectory, projectHere } from '../project-here.js';
import { renderExports } from '../render/render-exports.js';
import { requireAllowed } from '../require-allowed.js';

interface EnvResult {
  readonly project: { readonly id: string; readonly path: string; readonly profile: string | null } | null;
  readonly variables: Readonly<Record<string, string>>;
}

export default class Env extends BaseCommand {
  static override summary = 'Print the variables that lead a client to the gateway.';
  static override description =
    'For scripts, CI and editors, which have no shell hook: the variables of the project of a directory, or those of the gateway outside of projects. Starts the daemon when none runs. The output holds the gateway token of the project: do not write it into a log. A project that is not allowed is an error.';
  static override examples = [
    { description: 'In a script.', command: 'eval "$(<%= config.bin %> env --shell)"' },
    { description: 'For a program.', command: '<%= config.bin %> env ~/src/app --json' },
  ];
  static override args = { directory: Args.string({ description: 'Directory to ask for instead of this one.', ignoreStdin: true }) };
  static override flags = { shell: Flags.boolean({ summary: 'As `export` lines for sh, bash, zsh and fish.', default: false }) };

  async run(): Promise<EnvResult> {
    const { args, flags } = await this.parse(Env);
    const paths = this.paths(flags);
    const standing = await projectHere({ paths, directory: await namedDirectory(args.directory, process.env) });
    const id = requireAllowed(standing);
    const options = { paths, client: 'ccproxy env', version: cliVersion, spawnDaemon: daemonSpawner(flags, paths, { auto: true }) };
    const request = { client: 'ccproxy env', pid: process.pid, ...(id === undefined ? {} : { project: id }) };
    const { client, value: grant } = await openWithDaemon(options, (opened) => opened.openSession(request));
    await client.close();
    const token = id === undefined ? undefined : await projectPlaces(paths, systemClock).store.token(id);
    const variables = projectEnvironment(grant, token, process.env);
    this.log(flags.shell ? renderExports(variables) : renderPlain(variables));
    const path = standing?.directory ?? '';
    return { project: grant.project === null ? null : { id: grant.project.id, path, profile: grant.project.profile }, variables };
  }
}

const renderPlain = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
