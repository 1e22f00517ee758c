import { type Diagnostic, formatPath } from './diagnostic.js';
import type { Gap } from './interpolate.js';
import type { ProviderKey, ProviderKeys } from './provider-keys.js';
import type { RateLimits } from './rate-limits.js';
import type { YamlTree } from './read-yaml.js';
import type { ParsedConfig } from './schema.js';

type WrittenProvider = Exclude<ParsedConfig['providers'][string], { readonly type: 'demo' | 'adapter' }>;
type WrittenLimits = { readonly [Key in keyof RateLimits]: RateLimits[Key] | undefined };

/** The keys of a provider that has several, without the empty ones; undefined when it has not. */
export function keysOf({ apiKeys, keyStrategy }: Pick<WrittenProvider, 'apiKeys' | 'keyStrategy'>): ProviderKeys | undefined {
  if (apiKeys === undefined) return undefined;
  const list = apiKeys.map((written): ProviderKey => {
    const { key, weight, limits } = typeof written === 'string' ? { key: written, weight: 1, limits: undefined } : written;
    return { value: key, weight, ...limitsOf(limits) };
  });
  return { strategy: keyStrategy, list: list.filter(({ value }) => value !== '') };
}

/** Limits as they were written: what was not is absent. */
export function limitsOf(written: WrittenLimits | undefined): { readonly limits?: RateLimits } {
  if (written === undefined) return {};
  return { limits: Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) };
}

/** Why none of several keys can be used, or undefined; `warnings` tell of those that are missing while others are there. */
export function missingKeys(
  provider: string,
  { list }: ProviderKeys,
  { gaps, tree }: { readonly gaps: readonly Gap[]; readonly tree: YamlTree },
): { readonly unavailable: string | undefined; readonly warnings: readonly Diagnostic[] } {
  const missing = gaps.filter(({ path: [section, name, key] }) => section === 'providers' && name === provider && key === 'apiKeys');
  if (list.length === 0) return { unavailable: missing[0]?.reason ?? 'its apiKeys are empty', warnings: [] };
  const warnings = missing.map(({ path, reason }): Diagnostic => ({
    severity: 'warning',
    code: 'CCP_CONFIG_VARIABLE',
    message: `${formatPath(path)} is left out: ${reason}`,
    hint: 'Set the variable, or remove the key; the other keys are used.',
    where: tree.locate(path),
    path: formatPath(path),
  }));
  return { unavailable: undefined, warnings };
}
