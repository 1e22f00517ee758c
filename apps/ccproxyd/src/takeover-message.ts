import type { SerializedError } from '@ccproxy/kernel';
import { z } from 'zod';

const Identity = z.object({ pid: z.number().int(), startTicks: z.number(), bootId: z.string() });

const isSerializedError = (value: unknown): value is SerializedError =>
  z.looseObject({ code: z.string(), title: z.string(), message: z.string(), hint: z.string() }).safeParse(value).success;

/**
 * What a daemon and its successor say to each other over the channel Node opens between parent and child:
 * successor `prepared` > predecessor `socket` (with the listening TCP socket attached) > successor `ready`, or `failed` at any time.
 * An ordinary start uses the same channel for `ready` and `failed` towards the command that started it.
 */
export const TakeoverMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prepared'), identity: Identity }),
  z.object({ type: z.literal('socket') }),
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), error: z.custom<SerializedError>(isSerializedError) }),
]);
export type TakeoverMessage = z.infer<typeof TakeoverMessage>;
