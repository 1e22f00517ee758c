import { stopDaemon } from '@ccproxy/client';
import { printableText } from '@ccproxy/projects';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { confirm } from '../confirm.js';
import { purgeTargets, removeTargets } from '../purge-places.js';
import { uninstallShells } from '../uninstall-shells.js';

interface PurgeResult {
  readonly purged: boolean;
  readonly removed: readonly string[];
  /** Start-up files of shells that are again what they were. */
  readonly startUpFiles: readonly string[];
  /** Found in the state directory, and not of ccproxy. */
  readonly left: readonly string[];
  readonly stopped: number | null;
}

export default class Purge extends BaseCommand {
  static override summary = 'Remove every trace of ccproxy from your account.';
  static override description =
    'Stops the daemon and removes the state directory with configuration, keys, logs, usage and allowed projects, installed plugins and caches; takes the hook out of your shells. What ccproxy did not write is left and named. Asks first. The program itself is removed with npm.';
  static override examples = [
    { description: 'Shows what would be removed, and asks.', command: '<%= config.bin %> purge' },
    { description: 'Without a question, for a program.', command: '<%= config.bin %> purge --yes --json' },
  ];
  static override flags = {
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask.', default: false }),
    'keep-config': Flags.boolean({ summary: 'Leave ccproxy.yaml.', default: false }),
  };

  async run(): Promise<PurgeResult> {
    const { flags } = await this.parse(Purge);
    const paths = this.paths(flags);
    const { dataDir, configDir, cacheDir } = this.config;
    const places = { paths, own: [dataDir, configDir, cacheDir], keepConfig: flags['keep-config'] };
    const before = await purgeTargets(places);
    for (const target of before.remove) this.note(`  ${printableText(target)}`);
    if (before.remove.length > 0 && !flags.yes && !(await confirm('Remove all of this?'))) {
      this.log('Nothing was removed.');
      return { purged: false, startUpFiles: [], removed: [], left: before.leave, stopped: null };
    }
    // Without a run directory no daemon ever was; looking for one would make it.
    const ended = before.remove.includes(paths.runDir)
      ? await stopDaemon({ paths, client: 'ccproxy purge', version: cliVersion, drainMs: 2000 })
      : undefined;
    const startUpFiles = await uninstallShells(paths, process.env);
    // Looked at again: a daemon that stops writes.
    const { remove, leave } = await purgeTargets(places);
    await removeTargets(remove, paths.root);
    this.log(remove.length === 0 ? 'There was nothing to remove.' : `Removed ${remove.length} files and folders.`);
    for (const file of startUpFiles) this.log(`Took the lines of ccproxy out of ${printableText(file)}.`);
    if (leave.length > 0) this.log(`Left in ${printableText(paths.root)}: ${leave.map(printableText).join(', ')}`);
    this.log('The program itself: npm uninstall -g @ccproxy/cli');
    return { purged: true, startUpFiles, removed: remove, left: leave, stopped: ended?.stopped === true ? ended.pid : null };
  }
}
