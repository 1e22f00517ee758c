import { homedir } from 'node:os';
import { connectDaemon, createDaemonClient, ensureDaemon } from '@ccproxy/client';
import { type AppPaths, readProcessIdentity } from '@ccproxy/kernel';
import { findClaude, parseClaudeArgs, type ParsedClaudeArgs, refuseInside, runClaude, sweepSessionSettings } from '@ccproxy/launch';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, type LocationFlags } from '../base-command.js';
import { openClaudeSession } from '../claude-session.js';
import { cliVersion } from '../cli-version.js';
import { daemonSpawner } from '../daemon-process.js';
import { errors } from '../errors.js';
import { holdSession } from '../hold-session.js';
import { startWarnings } from '../start-warnings.js';

export default class Claude extends BaseCommand {
  static override enableJsonFlag = false;
  static override summary = 'Run Claude Code through ccproxy.';
  static override usage = 'claude [FLAGS] [-- ARGUMENTS OF THE CLIENT]';
  static override description =
    'Starts the daemon when none runs, opens a session with a token of its own, and runs the real client in this terminal. Everything after `--` goes to the client unchanged; stdin, terminal, signals and the exit code are its own. The login of your client stays in force.';
  static override examples = [
    { description: 'An interactive session.', command: '<%= config.bin %> claude' },
    {
      description: 'One prompt, with arguments of the client.',
      command: "<%= config.bin %> claude -- -p 'explain this repository' --output-format json",
    },
    { description: 'Only if the daemon runs already.', command: '<%= config.bin %> claude --no-start-if-needed -- --continue' },
  ];
  static override flags = {
    'start-if-needed': Flags.boolean({ summary: 'Start the daemon when none runs.', default: true, allowNo: true }),
    'claude-bin': Flags.string({ summary: 'The client to run instead of the first `claude` in PATH.', helpValue: 'PATH' }),
    verbose: Flags.boolean({ summary: 'Say on stderr what is done; never a key.', default: false }),
  };

  async run(): Promise<void> {
    const split = this.argv.indexOf('--');
    const own = split < 0 ? this.argv : this.argv.slice(0, split);
    const theirs = split < 0 ? [] : this.argv.slice(split + 1);
    const { flags } = await this.#parseOwn(own);
    refuseInside(process.env, process.ppid);
    const { bin, from } = await findClaude({
      flag: flags['claude-bin'],
      env: process.env,
      cwd: process.cwd(),
      self: [process.argv[1] ?? ''],
      platform: process.platform,
    });
    const parsed = parseClaudeArgs(theirs);
    const say = (sentence: string): void => void (flags.verbose && this.note(`ccproxy: ${sentence}`));
    say(`client ${bin} (from ${from})`);
    if (parsed.startsSession) {
      process.exitCode = await this.#runSession(bin, parsed, flags, say);
    } else {
      say(`\`${parsed.command ?? ''}\` starts no session: run as it is`);
      process.exitCode = await run(bin, theirs);
    }
  }

  /** Forgetting the `--` is the likeliest mistake of all. */
  async #parseOwn(own: string[]) {
    try {
      return await this.parse(Claude, own);
    } catch (cause) {
      throw errors.CCP_USAGE({
        message: (cause as Error).message.split('\n')[0] ?? '',
        hint: `Arguments of Claude Code go after \`--\`: ccproxy claude -- ${own.join(' ')}`,
        cause,
      });
    }
  }

  async #runSession(
    bin: string,
    parsed: ParsedClaudeArgs,
    flags: LocationFlags & { readonly 'start-if-needed': boolean },
    say: (sentence: string) => void,
  ): Promise<number> {
    const paths = this.paths(flags);
    const client = await this.#connect(paths, flags, say);
    await sweepSessionSettings(paths.sessionsDir, (pid) => readProcessIdentity(pid) !== undefined);
    const session = await openClaudeSession(client, parsed, { paths, cwd: process.cwd(), home: homedir(), env: process.env });
    say(`session ${session.grant.id} through ${session.grant.url}`);
    process.on('exit', () => session.settings.removeSync());
    const hold = holdSession(client, { id: session.grant.id, paths });
    try {
      return await run(bin, session.args);
    } finally {
      await session.settings.remove();
      await hold.release();
    }
  }

  async #connect(paths: AppPaths, flags: LocationFlags & { readonly 'start-if-needed': boolean }, say: (sentence: string) => void) {
    const options = { paths, client: 'ccproxy claude', version: cliVersion };
    if (!flags['start-if-needed']) return createDaemonClient(await connectDaemon(options));
    const { connection, started } = await ensureDaemon({ ...options, spawnDaemon: daemonSpawner(flags, paths) });
    const client = createDaemonClient(connection);
    say(started ? 'started the daemon' : 'the daemon runs already');
    if (!started) {
      const warnings = startWarnings(await client.status(), {
        version: cliVersion,
        env: process.env,
        config: flags.config,
        cwd: process.cwd(),
      });
      for (const warning of warnings) this.note(`ccproxy: ${warning}`);
    }
    return client;
  }
}

const run = (bin: string, args: readonly string[]): Promise<number> =>
  runClaude({ bin, args, env: process.env, cwd: process.cwd(), terminal: process.stdin.isTTY });
