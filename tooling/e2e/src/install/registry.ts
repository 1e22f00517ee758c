import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Processes, repositoryRoot, type TempHome, waitFor } from '@ccproxy-internal/test-kit';
import { npm, ownEnv } from './npm.ts';

const version = '6.10.4';

/** A registry of our own on the loopback interface: it holds what we publish, everything else comes from the registry npm is configured with. */
export interface LocalRegistry {
  readonly url: string;
  /** Settings of npm that make it use this registry and nothing of the user's. */
  readonly npmEnv: Readonly<Record<string, string>>;
}

/** Installs verdaccio once per checkout and starts it with an empty storage below `home`. */
export async function startRegistry(home: TempHome, processes: Processes): Promise<LocalRegistry> {
  const bin = await verdaccio(processes);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const own = { access: '$all', publish: '$all' };
  const config = home.write(
    'verdaccio/config.yaml',
    JSON.stringify({
      storage: join(home.home, 'verdaccio', 'storage'),
      uplinks: { npm: { url: await configuredRegistry(processes), maxage: '60m', timeout: '60s' } },
      packages: { '@ccproxy/*': own, 'ccproxy-plugin-*': own, '**': { access: '$all', proxy: 'npm' } },
      log: { type: 'stdout', format: 'pretty', level: 'warn' },
      server: { keepAliveTimeout: 60 },
    }),
  );
  // It reaches the configured registry as npm does: with the caller's proxy and CA settings.
  const env = { ...ownEnv(), HOME: home.home };
  const server = processes.spawn(process.execPath, [bin, '--config', config, '--listen', url], { env });
  await waitFor(async () => (await fetch(`${url}-/ping`)).ok, { what: 'verdaccio', timeoutMs: 60_000 }).catch((error: unknown) => {
    throw new Error(`verdaccio did not start:\n${server.stdout()}${server.stderr()}`, { cause: error });
  });
  const npmrc = home.write(
    '.npmrc',
    `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\naudit=false\nfund=false\nupdate-notifier=false\n`,
  );
  return { url, npmEnv: { npm_config_userconfig: npmrc, npm_config_cache: join(home.home, 'npm-cache') } };
}

/** Its folder holds an own package.json: the override replaces a range that registries do not always serve. */
async function verdaccio(processes: Processes): Promise<string> {
  const folder = join(repositoryRoot, '.cache', `verdaccio-${version}`);
  const bin = join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ private: true, dependencies: { verdaccio: version }, overrides: { 'node-fetch': '2.7.0' } }),
    );
    await npm(processes, ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
    writeFileSync(complete, version);
  }
  return bin;
}

async function configuredRegistry(processes: Processes): Promise<string> {
  return (await npm(processes, ['config', 'get', 'registry'], { cwd: repositoryRoot })).trim();
}
