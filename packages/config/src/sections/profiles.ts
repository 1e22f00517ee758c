import { z } from 'zod';
import { type IssueParams, name } from '../fields.js';
import { rules } from './routes.js';

const profile = z.strictObject({
  default: name({ description: 'Target when no rule fires.' }).prefault('default'),
  routes: rules.meta({ description: 'Rules while the profile is selected.' }).prefault([]),
  limits: z
    .looseObject({})
    .refine((limits) => Object.keys(limits).length === 0, {
      error: 'is not available in this version, except empty',
      params: { code: 'CCP_NOT_AVAILABLE' } satisfies IssueParams,
    })
    .meta({ description: 'Not available in this version, except empty. Limits of this profile.', 'x-available': false })
    .optional(),
});

export const profiles = z
  .record(name({ description: 'Name of the profile.' }), profile)
  .meta({ description: 'Named choices a project may select. Checked, but nothing selects one in this version.' })
  .prefault({});
