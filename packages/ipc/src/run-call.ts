import type { Clock } from '@ccproxy/kernel';
import { z } from 'zod';
import { errors } from './errors.js';
import type { IpcBinding, IpcPeer } from './ipc-method.js';

type MethodBinding = Extract<IpcBinding, { kind: 'method' }>;

/**
 * Runs one call: input through its schema, the handler within its time, the answer through its schema.
 * Raises `CCP_IPC_INPUT`, `CCP_IPC_TIMEOUT`, or what the handler throws; an answer outside its schema throws a plain
 * `Error`, for it is a bug.
 */
export async function runCall(binding: MethodBinding, params: unknown, peer: IpcPeer, clock: Clock, callMs: number): Promise<unknown> {
  const { method } = binding;
  const input = parseInput(method.name, method.input, params);
  const ms = method.timeoutMs ?? callMs;
  const late = (): Error => errors.CCP_IPC_TIMEOUT({ message: `${method.name} did not answer within ${ms} ms.`, details: { ms } });
  const value = await within(clock, ms, binding.handle(input, peer), late);
  return parseOutput(method.name, method.output, value);
}

/** The value of `params` a handler may see. */
export function parseInput(name: string, schema: z.ZodType, params: unknown): unknown {
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  throw errors.CCP_IPC_INPUT({
    message: `${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 500)}`,
    details: { name },
  });
}

/** The value a client may see. */
export function parseOutput(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TypeError(`${name} answered outside its schema: ${z.prettifyError(parsed.error)}`);
}

function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = clock.setTimeout(() => reject(late()), ms, { unref: true });
  work.then(resolve, reject);
  return promise.finally(() => timer.clear());
}
