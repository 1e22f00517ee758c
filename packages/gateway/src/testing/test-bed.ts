import { type Behaviour, behaviours, FakeUpstream } from '@ccproxy/providers/testing';
import { type Gateway, type HarnessOptions, providerConfig, startGateway, target } from './gateway-harness.js';

/** Upstreams and gateways of one test file, closed together, newest first. */
export class TestBed {
  readonly #open: { close(): Promise<void> }[] = [];

  async upstream(behaviour: Behaviour = behaviours.healthy): Promise<FakeUpstream> {
    return this.#keep(await FakeUpstream.listen(behaviour));
  }

  async gateway(options: HarnessOptions): Promise<Gateway> {
    return this.#keep(await startGateway(options));
  }

  /** A gateway whose default target keeps the client's model and forwards its credential. */
  passthrough(fake: FakeUpstream, options: Partial<HarnessOptions> = {}): Promise<Gateway> {
    return this.gateway({ providers: [providerConfig('anthropic', fake.url)], models: [target('default', 'anthropic')], ...options });
  }

  async close(): Promise<void> {
    for (const each of this.#open.splice(0).toReversed()) await each.close();
  }

  #keep<Item extends { close(): Promise<void> }>(item: Item): Item {
    this.#open.push(item);
    return item;
  }
}
