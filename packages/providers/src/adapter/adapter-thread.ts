/** The thread of one provider adapter: the only place where its code runs. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AdapterData } from './adapter-protocol.js';
import type { CreateAdapter } from './provider-adapter.js';
import type * as Serving from './serve-adapter.js';

const data = workerData as AdapterData;
// From the sources Node runs the TypeScript files themselves, and a suffix `.js` would lead nowhere.
const beside = import.meta.url.endsWith('.ts') ? './serve-adapter.ts' : './serve-adapter.js';
const { AdapterServer } = (await import(beside)) as typeof Serving;

async function load(): Promise<CreateAdapter> {
  const { default: create } = (await import(data.url)) as { default?: unknown };
  if (typeof create !== 'function') throw new TypeError('it has no function as its default export');
  return create as CreateAdapter;
}

if (parentPort !== null) await new AdapterServer(parentPort).start(data, load);
