import type { Observer } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import type { Observation } from './routing-module-protocol.js';
import { createRoutingModules, type RoutingModules } from './routing-modules.js';

/** The user's own code that is told of every request when it is over. */
export interface Observers extends Pick<RoutingModules, 'start' | 'health' | 'close'> {
  /** Tells all of them; `observe` is not called when there are none. Nobody waits for them, and one that fails fails alone. */
  tell(observe: () => Observation, body: Uint8Array): void;
}

export interface ObserversOptions {
  readonly observers: readonly Observer[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes the observers; each runs in a thread of its own, and rests after failures as a routing module does. */
export function createObservers({ observers, clock, logger }: ObserversOptions): Observers {
  const modules = createRoutingModules({ modules: observers, kind: 'observer', clock, logger });
  return {
    start: () => modules.start(),
    health: () => modules.health(),
    close: () => modules.close(),
    tell(observe, body) {
      if (observers.length === 0) return;
      const observation = observe();
      // What goes wrong is the answer: it is logged and counted where it happens.
      for (const { name } of observers) void modules.ask(name, observation, body);
    },
  };
}
