import { type AdapterModule, isModuleFile } from './adapter-use.js';
import type { ProviderConfig } from './config.js';
import type { Gap } from './interpolate.js';
import { limitsOf } from './resolve-keys.js';
import type { ParsedConfig } from './schema.js';

type Written = Extract<ParsedConfig['providers'][string], { readonly type: 'adapter' }>;
type WrittenModules = ParsedConfig['plugins']['providers'];

export interface AdapterContext {
  readonly modules: WrittenModules;
  readonly directory: string;
  /** Completes a path. */
  readonly file: (name: string) => string;
  readonly gaps: readonly Gap[];
}

/** The adapter modules of a configuration, by name. */
export function adapterOf(
  { module, passEnv }: WrittenModules[string],
  name: string,
  { directory, file }: Pick<AdapterContext, 'directory' | 'file'>,
): AdapterModule {
  return { name, module: isModuleFile(module) ? file(module) : module, from: directory, passEnv };
}

/** A provider that is called by a module; without such a module it is not available. */
export function adaptedProviderOf(parsed: Written, name: string, context: AdapterContext): ProviderConfig {
  const written = Object.hasOwn(context.modules, parsed.adapter) ? context.modules[parsed.adapter] : undefined;
  const gap = context.gaps.find(({ path: [section, provider] }) => section === 'providers' && provider === name);
  return {
    name,
    type: 'adapter',
    baseUrl: undefined,
    auth: { kind: 'none' },
    timeouts: parsed.timeouts,
    ...limitsOf(parsed.limits),
    ...(written === undefined ? {} : { adapter: { ...adapterOf(written, parsed.adapter, context), options: parsed.options } }),
    unavailable: gap?.reason ?? (written === undefined ? `there is no adapter "${parsed.adapter}" in plugins.providers` : undefined),
  };
}
