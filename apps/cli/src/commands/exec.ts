import { flushCompileCache } from 'node:module';
import { isatty } from 'node:tty';
import { openWithDaemon } from '@ccproxy/client';
import { becomeProgram, findProgram, obstacleToBecoming, runProgram } from '@ccproxy/launch';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { daemonSpawner } from '../daemon-process.js';
import { errors } from '../errors.js';
import { holdSession } from '../hold-session.js';
import { projectEnvironment } from '../project-environment.js';
import { namedDirectory, projectHere } from '../project-here.js';
import { requireAllowed } from '../require-allowed.js';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';

export default class Exec extends BaseCommand {
  static override enableJsonFlag = false;
  static override summary = 'Run a command with the variables of a project.';
  static override usage = 'exec [FLAGS] DIRECTORY -- COMMAND [ARGUMENTS]';
  static override description =
    'For scripts, CI and editors: the command runs in this directory with the variables that lead a client to the gateway in the name of the project of DIRECTORY, and a token that ends with it. No shell is between; arguments, stdin, terminal and signals are its own, and so is the exit code (128 + n when signal n ended it, 126 and 127 as a shell gives them).';
  static override examples = [
    { description: 'The client, in the name of a project.', command: '<%= config.bin %> exec ~/src/app -- claude -p hello' },
    { description: 'This directory.', command: '<%= config.bin %> exec . -- make review' },
  ];
  static override args = {
    directory: Args.string({ description: 'Directory of the project, or one below it.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    stay: Flags.boolean({ summary: 'Stay in memory beside the command, as on systems that cannot replace a process.', default: false }),
  };

  async run(): Promise<void> {
    const split = this.argv.indexOf('--');
    const [command, ...words] = split < 0 ? [] : this.argv.slice(split + 1);
    const { args, flags } = await this.parse(Exec, split < 0 ? this.argv : this.argv.slice(0, split));
    if (command === undefined) {
      throw errors.CCP_USAGE({
        message: 'There is no command to run.',
        hint: `The command goes after \`--\`: ccproxy exec ${args.directory} -- COMMAND`,
      });
    }
    const paths = this.paths(flags);
    const project = requireAllowed(await projectHere({ paths, directory: await namedDirectory(args.directory, process.env) }));
    const cwd = process.cwd();
    const found = await findProgram(command, { env: process.env, cwd, platform: process.platform });
    if (found.kind !== 'file') {
      this.note(`ccproxy exec: ${command}: ${found.kind === 'missing' ? 'command not found' : 'cannot be run'}`);
      process.exitCode = found.exitCode;
      return;
    }
    const options = { paths, client: 'ccproxy exec', version: cliVersion, spawnDaemon: daemonSpawner(flags, paths, { auto: true }) };
    const image = { bin: found.bin, args: words, env: process.env };
    const stays = flags.stay || (await obstacleToBecoming(image)) !== undefined;
    const request = { client: 'ccproxy exec', pid: process.pid, ...(project === undefined ? {} : { project }) };
    const { client, value: grant } = await openWithDaemon(options, (opened) =>
      opened.openSession({ ...request, heldBy: stays ? 'connection' : 'process' }),
    );
    const env = { ...process.env, ...projectEnvironment(grant, grant.token, process.env) };
    if (!stays) {
      await client.close();
      flushCompileCache();
      becomeProgram({ ...image, env });
    }
    const hold = holdSession(client, { id: grant.id, paths, project });
    try {
      process.exitCode = await runProgram({ ...image, env, cwd, terminal: isatty(0) });
    } finally {
      await hold.release();
    }
  }
}
