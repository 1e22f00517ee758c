import { z } from 'zod';
import { flag, integer, name, oneOrMany, text } from '../fields.js';
import { late, lateOr } from '../late.js';

/** Largest token count that is believed. */
const mostTokens = 100_000_000;

const target = z.strictObject({
  provider: name({ description: 'Name of the provider that is called.' }),
  model: text({ description: 'Model to ask for. Without it: the one the client asked for.' }).optional(),
  limits: lateOr(
    () =>
      z
        .strictObject({
          context: integer(1, mostTokens, {
            description:
              'Tokens that fit into its context window. A larger request is refused before it is sent, as Anthropic would refuse it.',
          }).optional(),
          output: integer(1, mostTokens, {
            description: 'Most tokens it can answer with: a larger `max_tokens` is lowered to this.',
          }).optional(),
        })
        .register(z.globalRegistry, {
          description: 'What the model can take, for providers that are translated to. Goes before `capabilities`.',
        }),
    {},
  ),
  fallback: oneOrMany(name({ description: 'Name of a target.' }), {
    description: 'Targets tried next, in order, when this one fails.',
  }).optional(),
  fallbackOn: late(() =>
    z
      .strictObject({
        contextWindow: oneOrMany(name({ description: 'Name of a target.' }), {
          description: 'Targets tried, in order, when the request does not fit into the context window.',
        }).optional(),
        contentPolicy: oneOrMany(name({ description: 'Name of a target.' }), {
          description: 'Targets tried, in order, when a content filter of the provider refuses the request.',
        }).optional(),
      })
      .register(z.globalRegistry, {
        description: 'Targets for requests this one refuses for what they are. `fallback` is not asked then.',
      }),
  ).optional(),
  strict: flag({ description: '`strict` of the provider, for this target.' }).optional(),
});

export const models = z
  .record(name({ description: 'Name of the target.' }), target)
  .register(z.globalRegistry, {
    description:
      'Targets: what rules and clients may name. `default` is used when no rule fires. Without the section: `default` and `demo`.',
  })
  .prefault({ default: { provider: 'anthropic' }, demo: { provider: 'demo' } });
