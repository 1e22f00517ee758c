import { z } from 'zod';
import { agents } from './sections/agents.js';
import { budgets } from './sections/budgets.js';
import { cache } from './sections/cache.js';
import { capabilities } from './sections/capabilities.js';
import { egress } from './sections/egress.js';
import { experiments } from './sections/experiments.js';
import { keys } from './sections/keys.js';
import { logging } from './sections/logging.js';
import { models } from './sections/models.js';
import { plugins } from './sections/plugins.js';
import { prices } from './sections/prices.js';
import { profiles } from './sections/profiles.js';
import { providers } from './sections/providers.js';
import { retry } from './sections/retry.js';
import { routes } from './sections/routes.js';
import { server } from './sections/server.js';
import { store } from './sections/store.js';
import { telemetry } from './sections/telemetry.js';
import { webSearch } from './sections/web-search.js';

/**
 * The whole of `ccproxy.yaml`. Each section is one file in `sections/` and owns its keys; a planned one becomes available by
 * replacing the content of its file.
 */
export const configSchema = z
  .strictObject({
    server,
    logging,
    egress,
    providers,
    models,
    routes,
    profiles,
    keys,
    budgets,
    cache,
    experiments,
    prices,
    agents,
    telemetry,
    store,
    plugins,
    retry,
    capabilities,
    webSearch,
  })
  .register(z.globalRegistry, { title: 'ccproxy configuration', description: 'Configuration of ccproxy (ccproxy.yaml).' });

/** What the schema makes of a text: defaults filled in, units converted, names not yet resolved. */
export type ParsedConfig = z.output<typeof configSchema>;
