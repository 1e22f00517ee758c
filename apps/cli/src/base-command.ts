import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { DaemonClient } from '@ccproxy/client/connect';
import { type AppPaths, asCcproxyError, CcproxyError, resolvePaths } from '@ccproxy/kernel';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { cliVersion } from './cli-version.js';
import { errors } from './errors.js';
import { renderError } from './render/render-error.js';

/** Flags that choose which daemon a command is about. */
export interface LocationFlags {
  readonly config?: string | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly 'log-dir'?: string | undefined;
}

/** What every command of ours shares: location flags, `--json`, coded errors with their exit code. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    config: Flags.string({ summary: 'Configuration file (relative or absolute).', helpGroup: 'LOCATION', helpValue: 'FILE' }),
    'state-dir': Flags.string({ summary: 'State directory instead of ~/.ccproxy.', helpGroup: 'LOCATION', helpValue: 'DIR' }),
    'log-dir': Flags.string({ summary: 'Log directory instead of <state-dir>/logs.', helpGroup: 'LOCATION', helpValue: 'DIR' }),
  };

  protected paths(flags: LocationFlags): AppPaths {
    return resolvePaths({
      env: process.env,
      home: homedir(),
      platform: process.platform,
      ...(flags['state-dir'] === undefined ? {} : { stateDir: flags['state-dir'] }),
      ...(flags['log-dir'] === undefined ? {} : { logDir: flags['log-dir'] }),
      ...(process.getuid === undefined ? {} : { uid: process.getuid() }),
    });
  }

  /** Runs `use` with a client of the running daemon. @throws CCP_DAEMON_NOT_RUNNING and other failures of the connection */
  protected async withDaemon<T>(paths: AppPaths, use: (client: DaemonClient) => Promise<T>): Promise<T> {
    // Most commands that only read files never come here.
    const { connectDaemon, createDaemonClient } = await import('@ccproxy/client/connect');
    const connection = await connectDaemon({ paths, client: `ccproxy ${this.id ?? ''}`.trim(), version: cliVersion });
    try {
      return await use(createDaemonClient(connection));
    } finally {
      await connection.close();
    }
  }

  /** Where an upgrade becomes visible: shell hooks that an older version wrote are written anew. A failure of that stops no command. */
  protected async renewShellHooks({ root, shellDir }: AppPaths): Promise<void> {
    if (!existsSync(shellDir)) return;
    try {
      const { renewShellFiles } = await import('@ccproxy/shell-integration');
      await renewShellFiles({ stateDir: root, shellDir });
    } catch (error) {
      this.note(`warning: the shell hooks are still those of an older version: ${asCcproxyError(error).message}`);
    }
  }

  /** Straight to stdout: oclif's own way there opens stderr too, 1 ms. */
  override log(message = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${message}\n`);
  }

  /** A hint on stderr, so that stdout stays what was asked for. */
  protected note(sentence: string): void {
    process.stderr.write(`${sentence}\n`);
  }

  protected override async catch(thrown: Error & { exitCode?: number; oclif?: { exit?: number } }): Promise<void> {
    if (thrown.oclif?.exit === 0) throw thrown;
    const error = codedError(thrown);
    process.exitCode = error.exitCode;
    if (this.jsonEnabled()) this.logJson({ error: error.toJSON() });
    else process.stderr.write(`${renderError(error.toJSON())}\n`);
  }
}

/** oclif's parser errors are usage errors; everything else unknown is a fault of ours. */
function codedError(thrown: Error & { oclif?: { exit?: number } }): CcproxyError {
  if (CcproxyError.isInstance(thrown)) return thrown;
  if (thrown.oclif?.exit !== undefined) return errors.CCP_USAGE({ message: usageMessage(thrown), cause: thrown });
  return asCcproxyError(thrown);
}

/** oclif spreads a parser error over lines and ends it with a pointer to help. */
function usageMessage({ message }: Error): string {
  return message
    .replace(/\s*See more help with --help\s*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
