import { homedir } from 'node:os';
import { systemClock } from '@ccproxy/kernel';
import { denyProject, findProject, printableText, projectPlaces } from '@ccproxy/projects';
import * as Args from '@oclif/core/args';
import { BaseCommand } from '../base-command.js';
import { namedDirectory } from '../project-here.js';
import { tellDaemon } from '../tell-daemon.js';

export default class Deny extends BaseCommand {
  static override summary = 'Take the effect of a project file away.';
  static override description =
    'Its id, its token and the kept copies end at once, also in open shells and running sessions; shells say nothing about the directory any more. A directory that is gone can be denied too. `ccproxy allow` lets it take effect again, under a new id.';
  static override examples = [{ description: 'The project of this directory.', command: '<%= config.bin %> deny' }];
  static override args = {
    directory: Args.string({ description: 'Directory of the project; the nearest one from here without it.', ignoreStdin: true }),
  };

  async run(): Promise<{ path: string; wasAllowed: boolean; id: string | null }> {
    const { args, flags } = await this.parse(Deny);
    const paths = this.paths(flags);
    const here = await namedDirectory(args.directory, process.env);
    const found = args.directory === undefined ? await findProject({ from: here, home: homedir(), uid: process.getuid?.() }) : undefined;
    const directory = found ?? here;
    const record = await denyProject(projectPlaces(paths, systemClock), directory);
    const path = record?.path ?? directory;
    this.log(record === undefined ? `${printableText(path)} was not allowed; it stays so, silently.` : `Denied: ${printableText(path)}`);
    const problem = await tellDaemon(paths);
    if (problem !== undefined) this.note(`warning: ${problem}`);
    return { path, wasAllowed: record !== undefined, id: record?.id ?? null };
  }
}
