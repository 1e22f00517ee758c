import { z } from 'zod';
import { defineMethod } from '../ipc-method.js';

/** Ten small requests to a model that may have to be loaded first. */
const probeMs = 10 * 60_000;

/** What a probe of one model of one provider found. */
export const ProbeResult = z.object({
  provider: z.string(),
  model: z.string(),
  /** Why nothing could be measured; null when it answered. */
  failure: z.string().nullable(),
  /** By the names of the section `capabilities`. */
  measured: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Requests that were sent. */
  calls: z.number(),
  /** Lines for `ccproxy.yaml`. */
  lines: z.array(z.string()),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

/** Measures what a model can do by asking it; the provider charges for that. Ends when the caller goes away. */
export const providerProbe = defineMethod({
  name: 'provider.probe',
  permission: 'write',
  timeoutMs: probeMs,
  input: z.strictObject({ provider: z.string(), model: z.string() }),
  output: ProbeResult,
});
