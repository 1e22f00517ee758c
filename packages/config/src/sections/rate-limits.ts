import { z } from 'zod';
import { integer } from '../fields.js';
import { late } from '../late.js';

const most = 1_000_000_000;

const limits = () => ({
  requestsPerMinute: integer(1, most, { description: 'Most requests per minute.' }).optional(),
  tokensPerMinute: integer(1, most, {
    description: 'Most input and output tokens per minute: the estimate when a request begins, corrected when it is over.',
  }).optional(),
  concurrency: integer(1, 1_000_000, { description: 'Most requests at the same time.' }).optional(),
});

/** Requests, tokens and simultaneous requests of whom `whose` says. */
export const rateLimits = (whose: string) =>
  late(() => z.strictObject(limits()).register(z.globalRegistry, { description: whose })).optional();
