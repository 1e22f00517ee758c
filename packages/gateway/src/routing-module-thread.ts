/**
 * The thread of one routing module: the only place where code of the user's runs. It imports nothing but `node:` modules, that file and
 * erased types, so that Node runs the TypeScript file itself when the package runs from its sources.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ModuleData, ModuleQuestion, ModuleReply, ModuleRequest } from './routing-module-protocol.js';

type Ask = (request: ModuleRequest) => unknown;

const reply = (message: ModuleReply): void => parentPort?.postMessage(message, []);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);

/** `true`, `false`, nothing, or the name of a target. */
function toReply(id: number, answer: unknown): ModuleReply {
  if (typeof answer === 'string')
    return answer === '' ? { kind: 'answer', id, holds: false } : { kind: 'answer', id, holds: true, to: answer };
  if (answer === undefined || answer === null || typeof answer === 'boolean') return { kind: 'answer', id, holds: answer === true };
  return { kind: 'failed', id, message: `it answered with a ${typeof answer}, not with true, false or the name of a target` };
}

async function answer(ask: Ask, kind: ModuleData['kind'], { id, request, body }: ModuleQuestion): Promise<ModuleReply> {
  try {
    const whole = body === undefined ? request : { ...request, body: JSON.parse(Buffer.from(body).toString('utf8')) as unknown };
    const said = await ask(whole as ModuleRequest);
    return kind === 'observer' ? { kind: 'answer', id, holds: false } : toReply(id, said);
  } catch (error) {
    return { kind: 'failed', id, message: reasonOf(error) };
  }
}

async function load(url: string): Promise<Ask> {
  const { default: ask } = (await import(url)) as { default?: unknown };
  if (typeof ask !== 'function') throw new TypeError('it has no function as its default export');
  return ask as Ask;
}

try {
  const { url, kind } = workerData as ModuleData;
  const ask = await load(url);
  parentPort?.on('message', (question: ModuleQuestion) => void answer(ask, kind, question).then(reply));
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'failed', id: undefined, message: `it cannot be loaded: ${reasonOf(error)}` });
}
