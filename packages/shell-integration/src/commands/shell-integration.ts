import { homedir } from 'node:os';
import path from 'node:path';
import { asCcproxyError, CcproxyError, resolvePaths } from '@ccproxy/kernel';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { checkShell, type ShellFinding } from '../check-shell.js';
import { completionTree } from '../completions/completion-tree.js';
import { errors } from '../errors.js';
import { installShell } from '../install-shell.js';
import { packageVersion } from '../package-version.js';
import { renderFailure } from '../render-failure.js';
import { renderHook } from '../render-hook.js';
import { renderStub } from '../render-stub.js';
import { shellFiles } from '../shell-files.js';
import { rcFileOf, type ShellKind, shellKinds } from '../shell-kind.js';
import { uninstallShell } from '../uninstall-shell.js';
import { type ShellFilesOptions, writeShellFiles } from '../write-shell-files.js';

const actions = ['install', 'uninstall', 'check', 'print'] as const;
/** oclif takes a flag in its own list for a conflict with itself. */
const insteadOf = (name: (typeof actions)[number]) => ({ exclusive: actions.filter((other) => other !== name) });

interface Place extends ShellFilesOptions {
  readonly rcFile: string;
  readonly withClaude: boolean;
}

export default class ShellIntegration extends Command {
  static override enableJsonFlag = true;
  static override summary = 'Print, install, check or remove the lines that switch ccproxy on when you enter a project.';
  static override description =
    'Without a flag it writes the hook of the shell and prints the few lines that load it: append them to your start-up file, once, and open a new shell. From then on entering a project whose .ccproxy.yaml you allowed sets the variables of Claude Code, and leaving it puts back what was there. The hook starts no process.';
  static override examples = [
    { description: 'zsh: append the lines and open a new shell.', command: '<%= config.bin %> shell-integration zsh >> ~/.zshrc' },
    {
      description: 'Let ccproxy edit the start-up file; `claude` becomes a function.',
      command: '<%= config.bin %> shell-integration bash --install --with-claude',
    },
    { description: 'Is everything in place?', command: '<%= config.bin %> shell-integration fish --check' },
    { description: 'Remove it; the start-up file becomes what it was.', command: '<%= config.bin %> shell-integration zsh --uninstall' },
  ];
  static override args = {
    shell: Args.string({ description: 'The shell.', options: [...shellKinds], required: true, ignoreStdin: true }),
  };
  static override flags = {
    install: Flags.boolean({ summary: 'Put the lines into the start-up file; a copy of it is kept.', ...insteadOf('install') }),
    uninstall: Flags.boolean({ summary: 'Take the lines out again, and remove the hook.', ...insteadOf('uninstall') }),
    check: Flags.boolean({ summary: 'Say what is in place and what is not; exit code 1 if anything is not.', ...insteadOf('check') }),
    print: Flags.boolean({ summary: 'Print the whole hook; writes nothing.', ...insteadOf('print') }),
    'with-claude': Flags.boolean({ summary: 'Let the hook define `claude`, a function that runs Claude Code through ccproxy.' }),
    rc: Flags.string({ summary: 'The start-up file, if it is not the usual one.', helpValue: 'FILE' }),
    'state-dir': Flags.string({ summary: 'State directory instead of ~/.ccproxy.', helpGroup: 'LOCATION', helpValue: 'DIR' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ShellIntegration);
    const shell = args.shell as ShellKind;
    const place = this.#place(shell, flags);
    if (flags.print) return this.#print(shell, place);
    if (flags.check) return this.#check(shell, place);
    if (flags.uninstall) return this.#uninstall(shell, place);
    if (flags.install) return this.#install(shell, place);
    return this.#stub(shell, place);
  }

  #place(
    shell: ShellKind,
    flags: { readonly rc: string | undefined; readonly 'state-dir': string | undefined; readonly 'with-claude': boolean },
  ): Place {
    const home = homedir();
    const stateDir = flags['state-dir'];
    const paths = resolvePaths({ env: process.env, home, platform: process.platform, ...(stateDir === undefined ? {} : { stateDir }) });
    const rcFile = path.resolve(flags.rc ?? rcFileOf(shell, { env: process.env, home, platform: process.platform }));
    return {
      stateDir: paths.root,
      shellDir: paths.shellDir,
      version: packageVersion,
      tree: completionTree(this.config),
      rcFile,
      withClaude: flags['with-claude'],
    };
  }

  async #print(shell: ShellKind, place: Place) {
    const code = await renderHook(shell, place);
    if (!this.jsonEnabled()) process.stdout.write(code);
    return { shell, code };
  }

  async #stub(shell: ShellKind, place: Place) {
    await writeShellFiles(shell, place);
    const hookFile = shellFiles(shell, place.shellDir).hook;
    const stub = renderStub(shell, { hookFile, withClaude: place.withClaude });
    if (!this.jsonEnabled()) process.stdout.write(stub);
    if (process.stdout.isTTY) {
      process.stderr.write(`Append these lines to ${place.rcFile} (or run this command with --install), then open a new shell.\n`);
    }
    return { shell, rcFile: place.rcFile, hookFile, stub };
  }

  async #install(shell: ShellKind, place: Place) {
    const result = await installShell(shell, place);
    this.log(result.changed ? `${result.rcFile} now loads ${result.hookFile}` : `${result.rcFile} loads ${result.hookFile} already`);
    if (result.backup !== undefined) this.log(`the file as it was: ${result.backup}`);
    if (result.changed) this.log('Open a new shell, go into a project and run `ccproxy allow` there.');
    return { shell, ...result };
  }

  async #uninstall(shell: ShellKind, place: Place) {
    const result = await uninstallShell(shell, place);
    if (result.removedFile) this.log(`${result.rcFile} was made for ccproxy, and is removed`);
    else this.log(result.changed ? `${result.rcFile} is what it was` : `${result.rcFile} did not load the hook`);
    return { shell, ...result };
  }

  async #check(shell: ShellKind, place: Place): Promise<{ shell: ShellKind; findings: readonly ShellFinding[] }> {
    const findings = await checkShell(shell, place);
    for (const { ok, text } of findings) this.log(`${ok ? 'ok  ' : 'FAIL'}  ${text}`);
    const wrong = findings.filter(({ ok }) => !ok);
    if (wrong.length === 0) return { shell, findings };
    throw errors.CCP_SHELL_NOT_READY({ message: wrong.map(({ text }) => text).join('; '), details: { shell, findings } });
  }

  protected override async catch(thrown: Error & { oclif?: { exit?: number } }): Promise<void> {
    if (thrown.oclif?.exit === 0) throw thrown;
    const error = codedError(thrown);
    process.exitCode = error.exitCode;
    if (this.jsonEnabled()) this.logJson({ error: error.toJSON() });
    else process.stderr.write(`${renderFailure(error.toJSON())}\n`);
  }
}

/** oclif's parser errors are usage errors. */
function codedError(thrown: Error & { oclif?: { exit?: number } }): CcproxyError {
  if (CcproxyError.isInstance(thrown) || thrown.oclif?.exit === undefined) return asCcproxyError(thrown);
  const message = thrown.message
    .replace(/\s*See more help with --help\s*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return errors.CCP_SHELL_USAGE({ message, cause: thrown });
}
