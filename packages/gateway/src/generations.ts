import type { Config } from '@ccproxy/config';
import type { PreparedReload } from '@ccproxy/http';
import type { Logger } from '@ccproxy/kernel';
import type { GatewayContext } from './gateway-context.js';
import type { LiveRequest } from './live-requests.js';
import type { Observers } from './observers.js';
import type { RoutingModules } from './routing-modules.js';
import { closeUpstream, startUpstreams, type Upstream } from './upstreams.js';

/** What one configuration uses and another may use too. */
type Part = Upstream | RoutingModules | Observers;

const partsOf = ({ upstreams, givers, observers }: GatewayContext): Part[] => [...upstreams.values(), givers.modules, observers];

const closePart = (part: Part): Promise<void> => ('line' in part ? closeUpstream(part) : part.close());

/**
 * The configuration in force and those before it that still have requests. A request belongs to the one it came in under, to its end; what
 * no other uses (connections, modules) is closed with the last of them.
 */
export class Generations {
  readonly #make: (config: Config, previous: GatewayContext) => GatewayContext;
  readonly #logger: Logger;
  readonly #older = new Set<GatewayContext>();
  #current: GatewayContext;

  constructor(first: GatewayContext, logger: Logger, make: (config: Config, previous: GatewayContext) => GatewayContext) {
    this.#current = first;
    this.#logger = logger;
    this.#make = make;
  }

  get current(): GatewayContext {
    return this.#current;
  }

  /** Requests whose answer is not over. */
  get live(): number {
    return this.#all().reduce((sum, { live }) => sum + live.size, 0);
  }

  members(): readonly LiveRequest[] {
    return this.#all().flatMap(({ live }) => live.members());
  }

  /** Makes and starts everything a configuration needs beyond what there is. Rejects with CCP_PROVIDER_REQUIRED; then nothing is left of it. */
  async prepare(config: Config): Promise<PreparedReload> {
    const before = this.#current;
    const next = this.#make(config, before);
    const known = new Set(partsOf(before));
    const added = partsOf(next).filter((part) => !known.has(part));
    const discard = (): void => this.#close(added);
    try {
      const {
        givers: { modules },
        observers,
      } = next;
      await Promise.all([
        added.includes(modules) ? modules.start() : undefined,
        added.includes(observers) ? observers.start() : undefined,
        startUpstreams(added.filter((part): part is Upstream => 'line' in part)),
      ]);
    } catch (error) {
      discard();
      throw error;
    }
    return { discard, apply: () => this.#swap(next) };
  }

  /** Closes everything. */
  async close(): Promise<void> {
    const parts = new Set(this.#all().flatMap(partsOf));
    this.#older.clear();
    await Promise.all([...parts].map(closePart));
  }

  #all(): readonly GatewayContext[] {
    return [...this.#older, this.#current];
  }

  #swap(next: GatewayContext): Promise<void> {
    const before = this.#current;
    this.#older.add(before);
    this.#current = next;
    return new Promise((resolve) => {
      before.live.whenEmpty(() => {
        if (this.#older.delete(before)) this.#retire(before);
        resolve();
      });
    });
  }

  #retire(context: GatewayContext): void {
    const used = new Set(this.#all().flatMap(partsOf));
    this.#close(partsOf(context).filter((part) => !used.has(part)));
  }

  #close(parts: readonly Part[]): void {
    for (const part of parts) closePart(part).catch((error: unknown) => this.#logger.warn({ err: error }, 'not closed'));
  }
}
