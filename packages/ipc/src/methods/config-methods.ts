import { z } from 'zod';
import { defineMethod } from '../ipc-method.js';

/** A required token may take its command some time. */
const reloadMs = 150_000;

/** A place where the file differs from what is in force. */
export const ConfigDifference = z.object({
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  /** It takes effect when the daemon starts anew. */
  restart: z.boolean(),
});

const differences = z.object({ file: z.string().nullable(), changes: z.array(ConfigDifference) });

/** Reads the configuration file anew and puts it in force. Answers what changed, or with the error: then nothing did. */
export const configReload = defineMethod({
  name: 'config.reload',
  permission: 'write',
  timeoutMs: reloadMs,
  input: z.strictObject({}),
  output: differences,
});

/** What a reload would change, of the file in use or of another one; nothing is changed. */
export const configCompare = defineMethod({
  name: 'config.compare',
  permission: 'read',
  input: z.strictObject({ file: z.string().optional() }),
  output: differences,
});
