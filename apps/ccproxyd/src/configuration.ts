import { watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { loadConfig } from '@ccproxy/config';
import { CcproxyError } from '@ccproxy/kernel';
import { ConfigReload, type ConfigReloadParts } from './config-reload.js';
import type { DaemonContext } from './daemon-context.js';
import type { DaemonOptions } from './daemon-options.js';
import type { DaemonState } from './open-state.js';
import { ConfigWatch } from './watch-config.js';

/** The configuration of a daemon, read as it was at its start. */
export function createConfiguration(
  options: DaemonOptions,
  { env, cwd, clock }: DaemonContext,
  { loaded, paths, secrets, log }: DaemonState,
  parts: Pick<ConfigReloadParts, 'modules' | 'isDraining' | 'onApplied'>,
): ConfigReload {
  const load: ConfigReloadParts['load'] = (file) =>
    loadConfig({ flags: file === undefined ? options : { ...options, config: file }, env, cwd, paths, salt: loaded.variablesSalt });
  return new ConfigReload({ first: loaded, load, secrets, logger: log.logger, clock, ...parts });
}

/** Reloads without an answer: what went wrong is in the log and the status. */
export function reloadQuietly(configuration: Pick<ConfigReload, 'reload'>): void {
  configuration.reload().catch((error: unknown) => {
    if (!CcproxyError.isInstance(error)) throw error;
  });
}

/** Reloads whenever the file changes, or appears where there was none. */
export async function watchConfiguration(configuration: ConfigReload, { clock }: DaemonContext, state: DaemonState): Promise<ConfigWatch> {
  const watched = new ConfigWatch({
    file: () => configuration.loaded.file ?? state.paths.configFile,
    files: { watch: (directory, listener) => watch(directory, { persistent: false }, listener), stat, realpath },
    clock,
    logger: state.log.logger,
    onChange: () => reloadQuietly(configuration),
  });
  await watched.start(state.readAt);
  return watched;
}
