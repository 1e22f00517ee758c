import { type Config, loadConfig, type ProviderConfig } from '@ccproxy/config';
import { CcproxyError } from '@ccproxy/kernel';
import { BaseCommand } from '../../base-command.js';
import { renderTable } from '../../render/render-table.js';

/** A provider of the configuration, and what the running daemon says of it. */
interface ListedProvider {
  readonly name: string;
  readonly type: string;
  readonly baseUrl: string | null;
  /** Whose credential it is called with. */
  readonly credential: 'client' | 'own key' | 'fetched token' | 'none';
  /** Targets that use it. */
  readonly targets: readonly string[];
  /** null: no daemon runs, so nobody has tried. */
  readonly available: boolean | null;
  readonly reason: string | null;
}

const credentials = { client: 'client', apiKey: 'own key', oauth: 'fetched token', none: 'none' } as const;

export default class ProviderList extends BaseCommand {
  static override summary = 'List the providers of the configuration, and whether they can be used.';
  static override description = 'Reads the configuration; asks the daemon for the state of each when one runs. No provider is called.';
  static override examples = [
    { description: 'For people.', command: '<%= config.bin %> provider list' },
    { description: 'For programs.', command: '<%= config.bin %> provider list --json' },
  ];

  async run(): Promise<{ providers: readonly ListedProvider[] }> {
    const { flags } = await this.parse(ProviderList);
    const paths = this.paths(flags);
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    const running = await this.#running(paths);
    const providers = Object.values(config.providers).map((each) => listed(each, config, running?.get(each.name)));
    const rows = providers.map(({ name, type, baseUrl, credential, targets, available, reason }) => [
      name,
      type,
      baseUrl ?? '-',
      credential,
      targets.join(' ') || '-',
      reason ?? (available === true ? 'available' : 'daemon not running'),
    ]);
    this.log(renderTable([['NAME', 'TYPE', 'ADDRESS', 'CREDENTIAL', 'TARGETS', 'STATE'], ...rows]));
    return { providers };
  }

  /** What the daemon knows of its providers; undefined when none runs. */
  async #running(
    paths: ReturnType<BaseCommand['paths']>,
  ): Promise<ReadonlyMap<string, { available: boolean; reason: string | null }> | undefined> {
    try {
      const { providers } = await this.withDaemon(paths, (client) => client.status());
      return new Map(providers.map((each) => [each.name, each]));
    } catch (error) {
      if (CcproxyError.isInstance(error) && error.code === 'CCP_DAEMON_NOT_RUNNING') return undefined;
      throw error;
    }
  }
}

function listed(
  { name, type, baseUrl, auth, unavailable }: ProviderConfig,
  { models }: Config,
  running: { available: boolean; reason: string | null } | undefined,
): ListedProvider {
  return {
    name,
    type,
    baseUrl: baseUrl ?? null,
    credential: credentials[auth.kind],
    targets: Object.values(models).flatMap((target) => (target.provider === name ? [target.name] : [])),
    available: running?.available ?? (unavailable === undefined ? null : false),
    reason: running?.reason ?? unavailable ?? null,
  };
}
