import { z } from 'zod';
import { integer, name, oneOrMany, text } from '../fields.js';

/** Largest token count that is believed. */
const mostTokens = 100_000_000;

const target = z.strictObject({
  provider: name({ description: 'Name of the provider that is called.' }),
  model: text({ description: 'Model to ask for. Without it: the one the client asked for.' }).optional(),
  limits: z
    .strictObject({
      context: integer(1, mostTokens, { description: 'Tokens that fit into its context window.' }).optional(),
      output: integer(1, mostTokens, { description: 'Most tokens it can answer with.' }).optional(),
    })
    .meta({ description: 'What the model can take. Checked, but without effect in this version.' })
    .prefault({}),
  fallback: oneOrMany(name({ description: 'Name of a target.' }), {
    description: 'Targets tried next, in order, when this one fails.',
  }).optional(),
});

export const models = z
  .record(name({ description: 'Name of the target.' }), target)
  .meta({
    description:
      'Targets: what rules and clients may name. `default` is used when no rule fires. Without the section: `default` and `demo`.',
  })
  .prefault({ default: { provider: 'anthropic' }, demo: { provider: 'demo' } });
