import { z } from 'zod';
import { integer, name } from './fields.js';
import { projectRules } from './sections/routes.js';

/** Largest token count that is believed. */
const mostTokens = 100_000_000;

const limits = z
  .strictObject({
    context: integer(1, mostTokens, { description: 'Most input tokens of a request.' }).optional(),
    output: integer(1, mostTokens, { description: 'Most output tokens a request may ask for.' }).optional(),
  })
  .register(z.globalRegistry, { description: 'Bounds of this project; they can only be tighter than those of the targets.' });

/**
 * The whole of a project's `.ccproxy.yaml`. It comes with a repository, so it can only select from what the user defined: there is no key
 * for an address, a header, a credential, a command or a plugin, and none may be added.
 */
export const projectSchema = z
  .strictObject({
    profile: name({ description: 'Name of a profile the user defined.' }).optional(),
    routes: projectRules
      .register(z.globalRegistry, { description: 'Rules tried before those of the profile; they lead to targets the user defined.' })
      .prefault([]),
    limits: limits.prefault({}),
  })
  .register(z.globalRegistry, { title: 'ccproxy project', description: 'Project file of ccproxy (.ccproxy.yaml).' });
