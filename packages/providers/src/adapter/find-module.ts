import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errnoOf } from '@ccproxy/kernel';

/** The URL of a module, or a sentence fragment why there is none. */
export type FoundModule = { readonly url: string } | { readonly reason: string };

/**
 * Finds the module of an adapter: an absolute path is one; a package is looked for in the directory of the configuration, then where this
 * program is installed. Never throws.
 */
export function findModule(module: string, from: string): FoundModule {
  if (isAbsolute(module)) return { url: pathToFileURL(module).href };
  const found = beside(from, module) ?? resolved(import.meta.url, module);
  return found === undefined
    ? { reason: `the package ${module} is not installed: neither beside the configuration nor beside ccproxy` }
    : { url: pathToFileURL(found).href };
}

/** Not from the directories above, as Node would: a configuration in /tmp must not load what anybody else put there. */
function beside(from: string, module: string): string | undefined {
  const found = resolved(join(from, 'ccproxy.yaml'), module);
  return found?.startsWith(realpathSync(from) + sep) === true ? found : undefined;
}

function resolved(place: string, module: string): string | undefined {
  try {
    return createRequire(place).resolve(module);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
