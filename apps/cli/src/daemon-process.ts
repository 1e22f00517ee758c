import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { spawnDaemon, type SpawnedDaemon } from '@ccproxy/client';
import type { AppPaths } from '@ccproxy/kernel';

/** What a command says about the daemon it wants. */
export interface DaemonFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly 'log-dir'?: string | undefined;
}

/** The file of the daemon's bin. It is found by name and only ever started as a process of its own, never imported. */
export function daemonEntry(): string {
  return createRequire(import.meta.url).resolve('@ccproxy/daemon/bin');
}

/** Arguments of `ccproxyd` for these flags; paths become absolute, because the daemon has another working directory. */
export function daemonArguments(flags: DaemonFlags, cwd: string): string[] {
  return [
    ...(flags.config === undefined ? [] : ['--config', resolve(cwd, flags.config)]),
    ...(flags.host === undefined ? [] : ['--host', flags.host]),
    ...(flags.port === undefined ? [] : ['--port', String(flags.port)]),
    ...(flags['state-dir'] === undefined ? [] : ['--state-dir', resolve(cwd, flags['state-dir'])]),
    ...(flags['log-dir'] === undefined ? [] : ['--log-dir', resolve(cwd, flags['log-dir'])]),
  ];
}

/** Environment of a daemon started from here: paths in it that are relative to this directory become absolute. */
export function daemonEnvironment(env: NodeJS.ProcessEnv, cwd: string): NodeJS.ProcessEnv {
  const absolute = { ...env };
  for (const name of ['CC_PROXY_CONFIG', 'CC_PROXY_CONFIG_FILE', 'CC_PROXY_LOG_DIR', 'CC_PROXY_STATE_DIR']) {
    const value = env[name];
    if (value !== undefined && value !== '') absolute[name] = resolve(cwd, value);
  }
  const log = env['CC_PROXY_LOG'];
  if (log !== undefined && /[/\\]/.test(log)) absolute['CC_PROXY_LOG'] = resolve(cwd, log);
  return absolute;
}

/** The spawner `ensureDaemon` needs: this Node, the daemon's bin, our environment. With `auto` the daemon may stop by itself. */
export function daemonSpawner(
  flags: DaemonFlags,
  paths: AppPaths,
  options: { readonly auto?: boolean } = {},
): () => Promise<SpawnedDaemon> {
  const cwd = process.cwd();
  return () =>
    spawnDaemon({
      node: process.execPath,
      entry: daemonEntry(),
      args: [...daemonArguments(flags, cwd), ...(options.auto === true ? ['--auto'] : [])],
      env: daemonEnvironment(process.env, cwd),
      logFile: paths.logFile,
    });
}
