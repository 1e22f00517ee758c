import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Repository } from '../repository.ts';

/** The configuration page is told by the package that owns the schema. undefined when it is not built. */
export async function renderConfiguration(repository: Repository): Promise<string | undefined> {
  const file = 'packages/config/dist/index.js';
  if (!repository.exists(file)) return undefined;
  const { configReference } = (await import(pathToFileURL(join(repository.root, file)).href)) as { configReference?: () => string };
  return configReference?.();
}
