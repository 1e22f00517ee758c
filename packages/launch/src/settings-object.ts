/** A JSON object of settings, as Claude Code reads it. */
export type SettingsObject = Readonly<Record<string, unknown>>;

/** True for a JSON object, not for a list or null. */
export function isSettingsObject(value: unknown): value is SettingsObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `env` block of settings as the texts a process would see. */
export function envOf(settings: SettingsObject): Record<string, string> {
  const { env } = settings;
  if (!isSettingsObject(env)) return {};
  const scalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (scalar(value) ? [[name, String(value)]] : [])));
}

/** Merges settings, the later ones winning: maps key by key, lists joined without repetition (as Claude Code joins the layers of its settings). */
export function mergeSettings(...layers: readonly SettingsObject[]): SettingsObject {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      if (key === '__proto__') continue;
      merged[key] = Object.hasOwn(merged, key) ? mergeValues(merged[key], value) : value;
    }
  }
  return merged;
}

function mergeValues(below: unknown, above: unknown): unknown {
  if (isSettingsObject(below) && isSettingsObject(above)) return mergeSettings(below, above);
  if (!Array.isArray(below) || !Array.isArray(above)) return above;
  const seen = new Set<string>();
  return [...(below as unknown[]), ...(above as unknown[])].filter((item) => {
    const key = JSON.stringify(item);
    return seen.has(key) ? false : seen.add(key);
  });
}
