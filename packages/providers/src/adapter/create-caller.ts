import type { Dispatcher } from 'undici';
import { createDispatcher, type Egress } from '../egress.js';
import { loadUndici } from '../load-undici.js';

export type CallerRequest = Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'headers' | 'body' | 'signal'>;
export type CallerResponse = Dispatcher.ResponseData;

/** The connections of an adapter to one origin, with the proxy, the authorities and the guards of every other provider. */
export interface Caller {
  /** Follows no redirect. Rejects with the errors of undici, which the daemon knows by their codes, and the reason of `signal`. */
  request(request: CallerRequest): Promise<CallerResponse>;
  /** Lets requests end first. */
  close(): Promise<void>;
}

/** Throws what reading a CA file throws. */
export function createCaller(origin: string, egress: Egress, connectMs: number): Caller {
  // The index gives dispatchers their `request`.
  loadUndici();
  const dispatcher = createDispatcher(origin, egress, connectMs);
  return {
    request: (request) => dispatcher.request({ ...request, origin }),
    close: () => dispatcher.close(),
  };
}
