import { z } from 'zod';
import { name, oneOrMany } from '../fields.js';
import { condition } from './condition.js';

const rule = z.strictObject({
  name: name({ description: 'Name of the rule, shown in headers and logs.' }),
  when: condition.meta({ description: 'Condition under which the rule fires.' }),
  to: name({ description: 'Target the request goes to.' }),
  fallback: oneOrMany(name({ description: 'Name of a target.' }), {
    description: 'Targets tried next, in order; those of the target come after them.',
  }).optional(),
});

/** A list of rules; the first that fires decides. */
export const rules = z.array(rule);

export const routes = rules.meta({ description: 'Rules; the first that fires decides, otherwise the target `default`.' }).prefault([]);
