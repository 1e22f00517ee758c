import { z } from 'zod';
import { integer, name } from '../fields.js';
import { late, lateOr } from '../late.js';
import { mostTokens } from './condition-fields.js';
import { rules } from './routes.js';

const limits = () =>
  z
    .strictObject({
      context: integer(1, mostTokens, { description: 'Most input tokens of a request.' }).optional(),
      output: integer(1, mostTokens, { description: 'Most output tokens a request may ask for.' }).optional(),
    })
    .transform(({ context, output }) => ({ context, output }))
    .register(z.globalRegistry, {
      description: 'Bounds of every target while the profile is selected; they can only tighten those of the target.',
    });

const profile = late(() =>
  z
    .strictObject({
      default: name({ description: 'Target when no rule fires.' }).prefault('default'),
      routes: rules.meta({ description: 'Rules while the profile is selected.' }).prefault([]),
      limits: limits().optional(),
    })
    .transform(({ limits: bounds, ...rest }) => ({ ...rest, ...(bounds === undefined ? {} : { limits: bounds }) })),
);

export const profiles = lateOr(
  () =>
    z
      .record(name({ description: 'Name of the profile.' }), profile)
      .register(z.globalRegistry, { description: 'Named choices a project may select.' }),
  {},
);
