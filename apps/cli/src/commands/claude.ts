import { homedir } from 'node:os';
import { flushCompileCache } from 'node:module';
import { isatty } from 'node:tty';
import { connectDaemon, createDaemonClient, type DaemonClient, openWithDaemon } from '@ccproxy/client';
import { type AppPaths, readProcessIdentity } from '@ccproxy/kernel';
import {
  becomeClaude,
  findClaude,
  parseClaudeArgs,
  type ParsedClaudeArgs,
  refuseInside,
  runClaude,
  sweepSessionSettings,
} from '@ccproxy/launch';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, type LocationFlags } from '../base-command.js';
import { baseUrlOf, type ClaudeSession, openClaudeSession } from '../claude-session.js';
import { cliVersion } from '../cli-version.js';
import { daemonSpawner } from '../daemon-process.js';
import { errors } from '../errors.js';
import { holdSession } from '../hold-session.js';
import { inactiveReason, namedDirectory, projectHere } from '../project-here.js';
import { startWarnings } from '../start-warnings.js';

export default class Claude extends BaseCommand {
  static override enableJsonFlag = false;
  static override summary = 'Run Claude Code through ccproxy.';
  static override usage = 'claude [FLAGS] [-- ARGUMENTS OF THE CLIENT]';
  static override description =
    'Starts the daemon when none runs, opens a session with a token of its own, and runs the real client in this terminal. Everything after `--` goes to the client unchanged; stdin, terminal, signals and the exit code are its own. The login of your client stays in force. In an allowed project its rules apply. ccproxy turns into the client where the system allows it, so that nothing of it stays in memory; the daemon ends the session when the client ends.';
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
    stay: Flags.boolean({ summary: 'Stay in memory beside the client, as on systems that cannot replace a process.', default: false }),
    verbose: Flags.boolean({ summary: 'Say on stderr what is done; never a key.', default: false }),
  };

  async run(): Promise<void> {
    const split = this.argv.indexOf('--');
    const own = split < 0 ? this.argv : this.argv.slice(0, split);
    const theirs = split < 0 ? [] : this.argv.slice(split + 1);
    const { flags } = await this.#parseOwn(own);
    refuseInside(process.env, { pid: process.pid, parentPid: process.ppid });
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
      process.exitCode = await launch(bin, theirs, flags.stay, say);
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

  async #runSession(bin: string, parsed: ParsedClaudeArgs, flags: SessionFlags, say: (sentence: string) => void): Promise<number> {
    const paths = this.paths(flags);
    const standing = await projectHere({ paths, directory: await namedDirectory(undefined, process.env) });
    const reason = inactiveReason(standing);
    if (reason !== undefined) this.note(`ccproxy: ${reason}`);
    const project = standing?.kind === 'allowed' ? standing.record.id : undefined;
    const stays = flags.stay || process.platform === 'win32';
    const place = {
      paths,
      cwd: process.cwd(),
      home: homedir(),
      env: process.env,
      project,
      heldBy: stays ? ('connection' as const) : ('process' as const),
      warn: (sentence: string) => this.note(`ccproxy: ${sentence}`),
    };
    const { client, session } = await this.#connect(paths, flags, say, (opened) => openClaudeSession(opened, parsed, place));
    await sweepSessionSettings(paths.sessionsDir, (pid) => readProcessIdentity(pid) !== undefined);
    say(`session ${session.grant.id} through ${baseUrlOf(session.grant)}`);
    if (!stays) {
      await client.close();
      return launch(bin, session.args, false, say);
    }
    process.on('exit', () => session.settings.removeSync());
    const hold = holdSession(client, { id: session.grant.id, paths, project });
    try {
      return await launch(bin, session.args, true, say);
    } finally {
      await session.settings.remove();
      await hold.release();
    }
  }

  async #connect(
    paths: AppPaths,
    flags: SessionFlags,
    say: (sentence: string) => void,
    open: (client: DaemonClient) => Promise<ClaudeSession>,
  ): Promise<{ readonly client: DaemonClient; readonly session: ClaudeSession }> {
    const options = { paths, client: 'ccproxy claude', version: cliVersion };
    if (!flags['start-if-needed']) {
      const client = createDaemonClient(await connectDaemon(options));
      return { client, session: await open(client) };
    }
    const spawnDaemon = daemonSpawner(flags, paths, { auto: true });
    const { client, started, value } = await openWithDaemon({ ...options, spawnDaemon }, open);
    say(started ? 'started the daemon' : 'the daemon runs already');
    if (started) await this.renewShellHooks(paths);
    else {
      const own = { version: cliVersion, env: process.env, config: flags.config, cwd: process.cwd() };
      for (const warning of startWarnings(await client.status(), own)) this.note(`ccproxy: ${warning}`);
    }
    return { client, session: value };
  }
}

interface SessionFlags extends LocationFlags {
  readonly 'start-if-needed': boolean;
  readonly stay: boolean;
}

/** Turns into the client, or runs it as a child where that is wanted or cannot be otherwise. */
async function launch(bin: string, args: readonly string[], stay: boolean, say: (sentence: string) => void): Promise<number> {
  const start = { bin, args, env: process.env, cwd: process.cwd() };
  if (!stay) say(`stays in memory: ${await becomeClaude(start, flushCompileCache)}`);
  return runClaude({ ...start, terminal: isatty(0) });
}
