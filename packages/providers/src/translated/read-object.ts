import { type JsonObject, parseJsonObject } from '@ccproxy/wire';

/** The JSON object a body spells; undefined when it is none. */
export const readObject = (body: Buffer): JsonObject | undefined => parseJsonObject(body.toString('utf8').replace(/^\uFEFF/, ''));
