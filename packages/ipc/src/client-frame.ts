import { z } from 'zod';
import type { ClientFrame, Frame } from './envelope.js';

const id = z.int().nonnegative();
const name = z.string().min(1).max(128);

const clientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    data: z.strictObject({
      protocol: z.int(),
      token: z.string().max(1024),
      client: z.string().max(128),
      pid: z.int().nonnegative(),
      version: z.string().max(64),
    }),
  }),
  z.object({ type: z.literal('call'), data: z.strictObject({ id, method: name, params: z.unknown().optional() }) }),
  z.object({ type: z.literal('open'), data: z.strictObject({ id, stream: name, params: z.unknown().optional() }) }),
  z.object({ type: z.literal('cancel'), data: z.strictObject({ id }) }),
  z.object({ type: z.literal('beat'), data: z.object({}) }),
]);

/** The frame as one a client may send, or undefined when it has no type or shape of the list. */
export function parseClientFrame(frame: Frame): ClientFrame | undefined {
  const parsed = clientFrame.safeParse(frame);
  return parsed.success ? parsed.data : undefined;
}

/** The protocol number of anything that calls itself a hello: told apart first, so that a newer client learns that it is newer. */
export function protocolOf(frame: Frame): number | undefined {
  const parsed = z.object({ type: z.literal('hello'), data: z.object({ protocol: z.int() }) }).safeParse(frame);
  return parsed.success ? parsed.data.data.protocol : undefined;
}
