/**
 * The thread that counts tokens. It imports nothing but `node:` modules and erased types at load; what counts is imported by the ending of
 * this file, so that Node runs the TypeScript file itself when the package runs from its sources.
 */
import { parentPort } from 'node:worker_threads';
import type * as Count from './count-body.js';
import type { CountReply, CountRequest } from './count-protocol.js';

const file = import.meta.url.endsWith('.ts') ? './count-body.ts' : './count-body.js';
const { countBody } = (await import(new URL(file, import.meta.url).href)) as typeof Count;

function answer({ id, body }: CountRequest): CountReply {
  try {
    return { id, count: countBody(body) };
  } catch (error) {
    return { id, failed: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: CountRequest) => parentPort?.postMessage(answer(request), []));
